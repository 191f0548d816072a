#include "understudy/service/tls_settings.hpp"

#include <string>
#include <vector>

#include "understudy/config/yaml.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

struct Reading {
  std::optional<TlsSettings> settings;
  std::vector<Problem> problems;
};

/// `yaml` is the map that has `tls`, whose first line is a comment.
Reading read(const std::string& yaml) {
  Reading reading;
  const auto tree = config::parse_yaml("# a comment\n" + yaml).value();
  Fields fields(tree, reading.problems);
  reading.settings = read_tls_settings(fields, reading.problems);
  return reading;
}

TEST_CASE("without tls there is none") {
  const auto [settings, problems] = read("{}");
  CHECK(problems.empty());
  CHECK_FALSE(settings);
}

TEST_CASE("a pair of files, or an authority with names, is read with its place") {
  const auto pair = read("tls: {certificate: c.pem, private_key: k.pem}");
  CHECK(pair.problems.empty());
  CHECK(pair.settings == TlsSettings{"c.pem", "k.pem", "", {}, 2});
  const auto own = read("tls: {ca: /var/ca, names: [understudy, \"*.team.internal\", 192.168.1.5]}");
  CHECK(own.problems.empty());
  CHECK(own.settings == TlsSettings{"", "", "/var/ca", {"understudy", "*.team.internal", "192.168.1.5"}, 2});
  CHECK(read("tls: {ca: /var/ca, names: understudy}").settings->names == std::vector<std::string>{"understudy"});
}

TEST_CASE("what does not go together is told at its key") {
  struct Row {
    const char* yaml;
    const char* path;
    const char* message;
  };
  const std::vector<Row> rows{
      {"tls: true", "tls", "expected a map"},
      {"tls: {}", "tls", "expected certificate and private_key, or ca: DIR, which understudy tls-ca DIR makes"},
      {"tls: {certificate: c}", "tls.certificate", "expected private_key beside it"},
      {"tls: {private_key: k}", "tls.private_key", "expected certificate beside it"},
      {"tls: {ca: d, certificate: c}", "tls.ca",
       "makes the certificate; expected it alone, or certificate and private_key alone"},
      {"tls: {certificate: c, private_key: k, names: [a]}", "tls.names",
       "goes with ca; the names of a certificate of your own stand in it"},
      {"tls: {ca: d, names: [\"https://a:1\"]}", "tls.names", "expected host names such as understudy"},
      {"tls: {ca: d, cert: c}", "tls.cert", "unknown key"},
      {"tls: {ca: \"\"}", "tls.ca", "expected a path, such as /var/lib/understudy/ca"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.yaml);
    const auto [settings, problems] = read(row.yaml);
    REQUIRE_FALSE(problems.empty());
    CHECK(problems[0].path == row.path);
    CHECK(problems[0].line == 2);
    CHECK(problems[0].message.find(row.message) != std::string::npos);
  }
}

}  // namespace
}  // namespace understudy::service
