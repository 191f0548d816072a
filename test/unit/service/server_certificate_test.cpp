#include "understudy/service/server_certificate.hpp"

#include <sys/stat.h>

#include <chrono>
#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/pem.hpp"
#include "fakes/temp_folder.hpp"
#include "understudy/base/files.hpp"
#include "understudy/service/authority_folder.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

constexpr std::chrono::hours kDay{24};
const WallTime kNow = fakes::FakeClock().wall();
/// Certificates of the fakes hold from ten days ago on, by the system's clock.
const WallTime kReally = std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());
const ListenAddress kEverywhere{"0.0.0.0", 8443};

/// `code: message`, or `ok`.
template <class T>
std::string told(const Result<T>& result) {
  return result ? "ok" : result.error().code + ": " + result.error().message;
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// A folder with the files of a certificate and of a key.
struct Pair {
  Pair(const fakes::Identity& identity, const fakes::Identity& other) {
    write(settings.certificate, identity.pem());
    write(settings.private_key, fakes::pem_of(*other.key, fakes::PemForm::kPkcs8));
  }
  void write(const std::string& path, const std::string& text) { REQUIRE(write_file_atomically(path, text, 0600)); }

  fakes::TempFolder folder;
  TlsSettings settings{folder / "c.pem", folder / "k.pem", "", {}, 1};
};

TEST_CASE("an authority is made once, its key for the owner alone, and by force anew") {
  const fakes::TempFolder temporary;
  const auto folder = temporary / "made" / "ca";
  const auto made = make_authority(folder, {}, false, kNow);
  REQUIRE(made);
  CHECK((file_mode(folder / "ca.key") & 07777) == 0600);
  CHECK((file_mode(folder / "ca.pem") & 07777) == 0644);
  CHECK(read_file(authority_certificate_in(folder)).value() == made->certificate_pem());
  CHECK(read_authority(folder).value().certificate_pem() == made->certificate_pem());

  CHECK(told(make_authority(folder, {}, false, kNow)).starts_with("AuthorityExists: "));
  CHECK(read_file(folder / "ca.pem").value() == made->certificate_pem());
  CHECK(read_file(folder / "ca.key").value() == made->key_pem().reveal());
  const auto second = make_authority(folder, {}, true, kNow);
  CHECK(second.value().certificate_pem() != made->certificate_pem());
  CHECK(read_authority(folder).value().certificate_pem() == second->certificate_pem());
}

TEST_CASE("half an authority is not overwritten either") {
  const fakes::TempFolder folder;
  REQUIRE(write_file_atomically(folder / "ca.key", "somebody's", 0600));
  CHECK(told(make_authority(folder.path(), {}, false, kNow)).starts_with("AuthorityExists: "));
  CHECK(read_file(folder / "ca.key").value() == "somebody's");
}

TEST_CASE("a folder without an authority says what to type") {
  const fakes::TempFolder folder;
  const auto text = told(read_authority(folder.path()));
  CHECK(text.starts_with("NoAuthority: "));
  CHECK(text.ends_with("make one: understudy tls-ca " + folder.path().string()));
}

TEST_CASE("a certificate of the authority's has the names, and the address where clients come from this machine") {
  const fakes::TempFolder folder;
  REQUIRE(make_authority(folder.path(), {"web"}, false, kNow));
  struct Row {
    Names names;
    const char* address;
    Names expected;
  };
  const std::vector<Row> rows{{{"web"}, "0.0.0.0", {"web", "127.0.0.1", "localhost", "::1"}},
                              {{}, "::", {"::1", "localhost", "127.0.0.1"}},
                              {{}, "127.0.0.1", {"127.0.0.1", "localhost", "::1"}},
                              {{"localhost"}, "127.0.0.1", {"localhost", "127.0.0.1", "::1"}},
                              {{"web"}, "172.18.0.2", {"web", "172.18.0.2"}},
                              {{}, "fe80::1%eth0", {"fe80::1"}}};
  for (const auto& row : rows) {
    CAPTURE(row.address);
    const auto made = server_certificate({"", "", folder.path(), row.names, 1}, {row.address, 8443}, kNow);
    REQUIRE_MESSAGE(made, told(made));
    CHECK(made->chain.at(0).names == row.expected);
  }
}

TEST_CASE("a name that the authority may not name, and one that has ended, are told with the way out") {
  const fakes::TempFolder folder;
  const auto authority = make_authority(folder.path(), {}, false, kNow).value();
  const TlsSettings settings{"", "", folder.path(), {"web.example"}, 1};
  CHECK(told(server_certificate(settings, kEverywhere, kNow)) ==
        "NameNotPermitted: the authority in " + settings.ca +
            " may not name web.example: make one that may, and give its ca.pem to the clients: understudy tls-ca " +
            settings.ca + " --force --name web.example");
  CHECK(told(server_certificate({"", "", settings.ca, {}, 1}, kEverywhere, authority.not_after()))
            .starts_with("CertificateEnded: "));
}

TEST_CASE("a pair of files is taken as it is, with what stands behind the server's certificate") {
  const auto authority = fakes::make_identity({"authority", "", 90});
  const auto server = fakes::make_identity({"server", "DNS:web.example,IP:10.0.0.7", 60}, &authority);
  Pair pair(server, server);
  pair.write(pair.settings.certificate, server.pem() + authority.pem());
  const auto made = server_certificate(pair.settings, kEverywhere, kReally);
  REQUIRE_MESSAGE(made, told(made));
  REQUIRE(made->chain.size() == 2);
  CHECK(made->chain[0].names == Names{"web.example", "10.0.0.7"});
  CHECK(made->private_key.reveal() == fakes::pem_of(*server.key, fakes::PemForm::kPkcs8));
  CHECK(doubts_about(*made, pair.settings, kReally).empty());
}

TEST_CASE("a pair that no client would take is refused, each with its reason") {
  const auto authority = fakes::make_identity({"authority", "", 90});
  const auto good = fakes::make_identity({"server", "DNS:web.example", 60}, &authority);
  const auto ended = fakes::make_identity({"server", "DNS:web.example", -1}, &authority);
  const auto nameless = fakes::make_identity({"web.example", "", 60}, &authority);
  struct Row {
    const fakes::Identity& certificate;
    const fakes::Identity& key;
    WallTime now;
    const char* code;
    const char* message;
  };
  const std::vector<Row> rows{
      {good, authority, kReally, "WrongPrivateKey: ", "is not the key of the first certificate in "},
      {ended, ended, kReally, "CertificateEnded: ", "holds a certificate that ended at "},
      {good, good, kReally - 20 * kDay, "NotYetValid: ", "is this machine's clock right?"},
      {nameless, nameless, kReally, "NoNames: ", "names no host in its subjectAltName"},
  };
  for (const auto& row : rows) {
    const Pair pair(row.certificate, row.key);
    const auto text = told(server_certificate(pair.settings, kEverywhere, row.now));
    CHECK(text.starts_with(row.code));
    CHECK(says(text, row.message));
    CHECK_FALSE(says(text, "PRIVATE KEY"));
  }
}

TEST_CASE("files that are missing or hold something else are named") {
  const auto good = fakes::make_identity({"server", "DNS:web.example", 60});
  Pair pair(good, good);
  auto settings = pair.settings;
  settings.certificate = pair.folder / "none.pem";
  CHECK(says(told(server_certificate(settings, kEverywhere, kReally)), settings.certificate));
  settings = pair.settings;
  settings.private_key = pair.folder / "none.key";
  CHECK(says(told(server_certificate(settings, kEverywhere, kReally)), settings.private_key));
  pair.write(pair.settings.private_key, "no key");
  CHECK(told(server_certificate(pair.settings, kEverywhere, kReally)).starts_with("BadPrivateKey: "));
  pair.write(pair.settings.certificate, "no certificate");
  CHECK(told(server_certificate(pair.settings, kEverywhere, kReally)).starts_with("BadCertificate: "));
}

TEST_CASE("an end within thirty days is told, of whatever the certificate hangs on") {
  const auto authority = fakes::make_identity({"authority", "", 20});
  const auto server = fakes::make_identity({"server", "DNS:web.example", 60}, &authority);
  Pair pair(server, server);
  CHECK(doubts_about(server_certificate(pair.settings, kEverywhere, kReally).value(), pair.settings, kReally).empty());
  pair.write(pair.settings.certificate, server.pem() + authority.pem());
  const auto doubts =
      doubts_about(server_certificate(pair.settings, kEverywhere, kReally).value(), pair.settings, kReally);
  REQUIRE(doubts.size() == 1);
  CHECK(doubts[0].starts_with(pair.settings.certificate + " holds a certificate that ends at "));

  const fakes::TempFolder folder;
  const TlsSettings own{"", "", folder.path(), {}, 1};
  const auto end = make_authority(folder.path(), {}, false, kNow).value().not_after();
  CHECK(doubts_about(server_certificate(own, kEverywhere, kNow).value(), own, kNow).empty());
  const auto late = end - 29 * kDay;
  const auto of_authority = doubts_about(server_certificate(own, kEverywhere, late).value(), own, late);
  REQUIRE(of_authority.size() == 1);
  CHECK(says(of_authority[0], "the authority in " + own.ca + " ends at "));
}

TEST_CASE("an authority's key that others may read is told, with the line to type") {
  const fakes::TempFolder folder;
  const TlsSettings own{"", "", folder.path(), {}, 1};
  REQUIRE(make_authority(folder.path(), {}, false, kNow));
  const auto key = (folder / "ca.key").string();
  for (const unsigned mode : {0640U, 0604U, 0620U}) {
    CAPTURE(mode);
    ::chmod(key.c_str(), mode);
    CHECK(doubts_about(server_certificate(own, kEverywhere, kNow).value(), own, kNow) ==
          Names{"others may read or write " + key + ", by which any name is vouched for; type: chmod 600 " + key});
  }
  ::chmod(key.c_str(), 0600);
  CHECK(doubts_about(server_certificate(own, kEverywhere, kNow).value(), own, kNow).empty());
}

}  // namespace
}  // namespace understudy::service
