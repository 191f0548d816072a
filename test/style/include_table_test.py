#!/usr/bin/env python3
"""The checker itself: plants violations in a private folder and expects each to be found at its line."""

import tempfile
import unittest
from pathlib import Path

import include_table


class IncludeTable(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def found(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return list(include_table.check_file(Path(path), self.root))

    def assert_found(self, path, text, line, words):
        found = self.found(path, text)
        self.assertEqual([at for at, _ in found], [line], found)
        self.assertIn(words, found[0][1])

    def test_a_room_may_not_include_one_that_stands_above_it(self):
        self.assert_found("src/base/x.cpp", '#include <string>\n#include "understudy/aws/arn.hpp"\n', 2,
                          "base may not include aws")
        self.assert_found("include/understudy/service/x.hpp", '#pragma once\n#include "understudy/http/server.hpp"\n', 2,
                          "service may not include http")

    def test_a_room_may_see_a_part_of_another(self):
        self.assertEqual(self.found("src/config/x.cpp", '#include "understudy/service/imds_settings.hpp"\n'), [])
        self.assert_found("src/config/x.cpp", '#include "understudy/service/imds.hpp"\n', 1, "*_settings.hpp only")

    def test_a_room_includes_itself_and_what_the_table_allows(self):
        self.assertEqual(self.found("src/service/x.cpp", '#include "understudy/service/x.hpp"\n#include <netinet/in.h>\n'
                                    '#include <nlohmann/json.hpp>\n#include "understudy/source/role.hpp"\n'), [])

    def test_a_library_stays_in_its_room(self):
        self.assert_found("src/service/x.cpp", "#include <boost/asio.hpp>\n", 1, "service may not include boost")
        self.assert_found("src/http/x.cpp", "#include <nlohmann/json.hpp>\n", 1, "http may not include nlohmann")
        self.assert_found("src/aws/x.cpp", "\n#  include <openssl/evp.h>\n", 2, "aws may not include openssl")
        self.assert_found("src/source/x.cpp", "#include <doctest/doctest.h>\n", 1, "source may not include doctest")

    def test_a_library_stays_in_its_files_where_they_are_named(self):
        self.assert_found("src/base/text.cpp", "#include <openssl/evp.h>\n", 1, "may include openssl")
        self.assertEqual(self.found("src/base/crypto.cpp", "#include <openssl/evp.h>\n"), [])

    def test_a_header_of_ours_that_brings_a_library_along_counts_as_the_library(self):
        brings = '#include "understudy/base/openssl.hpp"\n'
        self.assert_found("src/service/x.cpp", brings, 1, "service may not include openssl")
        self.assert_found("src/http/worker.cpp", brings, 1, "may include openssl")
        self.assertEqual(self.found("src/http/tls_context.cpp", brings), [])

    def test_an_unknown_library_or_room_does_not_come_in_unseen(self):
        self.assert_found("src/app/x.cpp", "#include <absl/strings/str_cat.h>\n", 1, "of no library")
        self.assert_found("src/helpers/x.cpp", "", 1, "helpers is no room")
        self.assert_found("src/app/x.cpp", '#include "understudy/helpers/x.hpp"\n', 1, "helpers is no room")

    def test_ours_are_included_by_their_full_name(self):
        self.assert_found("src/aws/x.cpp", '#include "../base/text.hpp"\n', 1, "are included as")
        self.assert_found("src/aws/x.cpp", '#include "missing.hpp"\n', 1, "are included as")
        self.found("src/aws/private.hpp", "#pragma once\n")
        self.assertEqual(self.found("src/aws/x.cpp", '#include "private.hpp"\n'), [])
        self.assertEqual(self.found("src/aws/other.hpp", '#pragma once\n#include "private.hpp"\n'), [])
        self.assert_found("include/understudy/aws/x.hpp", '#pragma once\n#include "private.hpp"\n', 2, "are included as")

    def test_the_shape_of_a_file(self):
        self.assert_found("include/understudy/base/x.hpp", "struct X {};\n", 1, "#pragma once")
        self.assert_found("include/understudy/base/x.hpp", "#pragma once\nusing namespace std;\n", 2, "using namespace")
        self.assert_found("src/base/x.cpp", '#include <string>\n#include "understudy/base/x.hpp"\n', 1, "comes first")
        self.assert_found("test/unit/base/x_test.cpp", "\n" * 301, 301, "over 300 lines")
        self.assertEqual(self.found("src/base/x.cpp", "// Long because: a table.\n" + "\n" * 301), [])

    def test_tests_may_include_everything(self):
        self.assertEqual(self.found("test/unit/base/x_test.cpp", '#include "understudy/http/server.hpp"\n'
                                    "#include <boost/asio.hpp>\n#include <doctest/doctest.h>\n"), [])


if __name__ == "__main__":
    unittest.main()
