#include "understudy/app/tls_wiring.hpp"

#include <openssl/ssl.h>

#include <chrono>
#include <string>
#include <string_view>

#include "fakes/pem.hpp"
#include "fakes/temp_folder.hpp"
#include "fakes/tls_client.hpp"
#include "serving.hpp"
#include "understudy/base/authority.hpp"
#include "understudy/base/files.hpp"
#include "understudy/service/authority_folder.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::hours kDay{24};
/// Certificates of the fakes hold from ten days ago on, by the system's clock.
const WallTime kReally = std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());

void write(const std::string& path, const std::string& text) { REQUIRE(write_file_atomically(path, text, 0600)); }

/// A configuration whose containers listener speaks TLS.
struct Stage {
  Stage() {
    config.listen.containers = ListenAddress{"127.0.0.1", 8443};
    config.containers.tls.emplace();
  }
  TlsParts build() { return TlsParts::build(config, clock.wall(), log).value(); }
  bool renew(TlsParts& parts) { return parts.renew(config, clock.wall(), log); }

  fakes::TempFolder folder;
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  config::Config config;
};

/// By an authority of the folder's.
struct AuthorityStage : Stage {
  AuthorityStage() {
    REQUIRE(service::make_authority(folder.path(), {}, false, clock.wall()));
    config.containers.tls->ca = folder.path();
  }
};

/// By a pair of files.
struct PairStage : Stage {
  explicit PairStage(const std::string& names, int days = 60) {
    config.containers.tls->certificate = folder / "c.pem";
    config.containers.tls->private_key = folder / "k.pem";
    clock.set_wall(kReally);
    put(names, days);
  }
  void put(const std::string& names, int days = 60) const {
    const auto identity = fakes::make_identity({"own", names, days});
    write(folder / "c.pem", identity.pem());
    write(folder / "k.pem", fakes::pem_of(*identity.key, fakes::PemForm::kPkcs8));
  }
};

const Certificate& leaf(const TlsParts& parts) { return parts.containers->chain().front(); }

TEST_CASE("a certificate of our own authority is made anew when less than sixty days are left, and no earlier") {
  AuthorityStage stage;
  auto parts = stage.build();
  const auto first = leaf(parts);
  stage.clock.set_wall(first.not_after - 60 * kDay);
  CHECK_FALSE(stage.renew(parts));
  CHECK(leaf(parts) == first);
  stage.clock.advance(1ms);
  CHECK(stage.renew(parts));
  CHECK(leaf(parts).not_after > stage.clock.wall() + 396 * kDay);
  CHECK(leaf(parts).names == first.names);
  CHECK(stage.log.count(LogLevel::kInfo, "containers.tls: a new certificate is shown, which holds until ") == 1);
  CHECK_FALSE(stage.renew(parts));
}

TEST_CASE("one that does not hold yet, the clock having been set, is made anew too") {
  AuthorityStage stage;
  auto parts = stage.build();
  stage.clock.set_wall(stage.clock.wall() - 2h);
  CHECK(stage.renew(parts));
  CHECK(leaf(parts).not_before <= stage.clock.wall());
}

TEST_CASE("an authority that ends leaves no more time, which is said once") {
  AuthorityStage stage;
  stage.clock.advance(Authority::kLife - 31 * kDay);
  auto parts = stage.build();
  CHECK_FALSE(stage.renew(parts));
  CHECK(stage.log.count(LogLevel::kWarning, "") == 0);
  stage.clock.advance(2 * kDay);
  CHECK_FALSE(stage.renew(parts));
  CHECK_FALSE(stage.renew(parts));
  CHECK(stage.log.count(LogLevel::kWarning, "containers.tls: the authority in ") == 1);
}

TEST_CASE("what hinders the renewal is said once, and the certificate stays") {
  AuthorityStage stage;
  auto parts = stage.build();
  const auto first = leaf(parts);
  stage.clock.advance(340 * kDay);
  write(stage.folder / "ca.key", "no key");
  CHECK_FALSE(stage.renew(parts));
  CHECK_FALSE(stage.renew(parts));
  CHECK(leaf(parts) == first);
  CHECK(stage.log.count(LogLevel::kWarning, "; the certificate of before goes on") == 1);
}

TEST_CASE("a file's certificate is taken up when the file holds another") {
  PairStage stage("DNS:web.example,DNS:api.example");
  auto parts = stage.build();
  const auto first = leaf(parts);
  CHECK_FALSE(stage.renew(parts));
  stage.put("DNS:api.example,DNS:web.example");
  CHECK(stage.renew(parts));
  CHECK(leaf(parts) != first);
  CHECK_FALSE(stage.renew(parts));
}

TEST_CASE("a file's certificate that can not be shown, or has other names, waits for its owner") {
  PairStage stage("DNS:web.example", 20);
  auto parts = stage.build();
  const auto first = leaf(parts);
  CHECK(stage.log.count(LogLevel::kWarning, "holds a certificate that ends at ") == 1);
  CHECK_FALSE(stage.renew(parts));
  CHECK(stage.log.count(LogLevel::kWarning, "holds a certificate that ends at ") == 1);
  stage.put("DNS:new.example");
  CHECK_FALSE(stage.renew(parts));
  CHECK(stage.log.count(LogLevel::kWarning, "other names now: send SIGHUP to have it shown") == 1);
  write(stage.folder / "c.pem", fakes::make_identity({"own", "DNS:web.example", 60}).pem());
  CHECK_FALSE(stage.renew(parts));
  CHECK(stage.log.count(LogLevel::kWarning, "is not the key of the first certificate in ") == 1);
  CHECK(leaf(parts) == first);
}

TEST_CASE("the names of a certificate are hosts for the listener that shows it, and for no other") {
  const fakes::TempFolder folder;
  REQUIRE(service::make_authority(folder.path(), {"web.internal"}, false, fakes::FakeClock().wall()));
  std::string text(kChain);
  const std::string tls = "{ca: " + folder.path().string() + ", names: [web.internal]}";
  text.replace(text.find("listen: {"), 9, "listen: {pod_identity: 127.0.0.1:0, ");
  text += "pod_identity: {host_check: false, tls: " + tls +
          ", associations: [{namespace: default, service_account: app, role: app}]}\n";
  Serving serving(text);
  serving.start();
  CHECK(serving.get("containers", "/v2/credentials/app").status == 200);
  CHECK(serving.get("containers", "/v2/credentials/app", {{"Host", "web.internal"}}).status == 403);
  const fakes::TlsClient client(serving.port("pod_identity"), {});
  CHECK(client.send("GET /v1/credentials HTTP/1.1\r\nHost: web.internal\r\n\r\n"));
  const auto answer = client.receive_until("\r\n\r\n");
  CHECK_MESSAGE(!answer.starts_with("HTTP/1.1 403"), answer);
  CHECK(answer.starts_with("HTTP/1.1 "));
}

TEST_CASE("programs of this machine trust what the listener shows, and call it by a name of that") {
  config::Config plain;
  plain.listen.containers = ListenAddress{"0.0.0.0", 1339};
  CHECK(acquaintance_with(plain)->name.empty());
  AuthorityStage own;
  CHECK(acquaintance_with(own.config)->name == "127.0.0.1");
  CHECK(acquaintance_with(own.config)->client.ca_bundle == own.folder / "ca.pem");
  struct Row {
    const char* names;
    const char* name;
  };
  const Row rows[] = {{"DNS:web.example", "web.example"},
                      {"DNS:web.example,IP:127.0.0.1", "127.0.0.1"},
                      {"DNS:*.web.example", "understudy.web.example"},
                      {"DNS:*.web.example,IP:10.0.0.7", "10.0.0.7"}};
  for (const auto& row : rows) {
    CAPTURE(row.names);
    PairStage stage(row.names);
    stage.config.listen.containers->address = "0.0.0.0";
    const auto found = acquaintance_with(stage.config).value();
    CHECK(found.name == row.name);
    CHECK(found.client.address == "127.0.0.1");
    CHECK(found.client.ca_bundle == stage.folder / "c.pem");
    CHECK(found.client.trusts_each);
    stage.config.containers.tls->certificate = stage.folder / "none.pem";
    CHECK(acquaintance_with(stage.config).error().message.find("none.pem") != std::string::npos);
  }
}

TEST_CASE("who connects after the renewal meets the new certificate") {
  const fakes::TempFolder folder;
  REQUIRE(service::make_authority(folder.path(), {}, false, fakes::FakeClock().wall()));
  std::string text(kChain);
  text.replace(text.find("containers:\n"), 12, "containers:\n  tls: {ca: " + folder.path().string() + "}\n");
  Serving serving(text);
  serving.start();
  const auto shown = [&] {
    const fakes::TlsClient client(serving.port("containers"), {});
    REQUIRE(client.is_connected());
    return fakes::Identity{fakes::Certificate(SSL_get1_peer_certificate(client.session())), nullptr}.pem();
  };
  const auto first = shown();
  serving.application().renew_certificates();
  REQUIRE(serving.application().responds(10s));
  CHECK(shown() == first);
  serving.clock.advance(340 * kDay);
  serving.application().renew_certificates();
  REQUIRE(serving.application().responds(10s));
  CHECK(shown() != first);
}

}  // namespace
}  // namespace understudy::app
