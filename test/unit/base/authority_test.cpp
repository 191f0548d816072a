#include "understudy/base/authority.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/pem.hpp"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using namespace std::chrono_literals;
using Store = std::unique_ptr<X509_STORE, fakes::OpensslDelete<X509_STORE_free>>;
using Verification = std::unique_ptr<X509_STORE_CTX, fakes::OpensslDelete<X509_STORE_CTX_free>>;

const WallTime kNow = fakes::FakeClock().wall();
constexpr std::chrono::hours kDay{24};

fakes::Certificate parse(const std::string& pem) {
  const fakes::Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return fakes::Certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

/// What OpenSSL says, strict by RFC 5280, of a server's certificate at a time: `ok` or why not.
std::string verdict(const Authority& authority, const TlsIdentity& identity, WallTime at) {
  const Store store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), parse(authority.certificate_pem()).get());
  const auto& der = identity.chain.at(0).der;
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const fakes::Certificate leaf(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  const Verification verification(X509_STORE_CTX_new());
  X509_STORE_CTX_init(verification.get(), store.get(), leaf.get(), nullptr);
  X509_STORE_CTX_set_flags(verification.get(), X509_V_FLAG_X509_STRICT);
  X509_STORE_CTX_set_purpose(verification.get(), X509_PURPOSE_SSL_SERVER);
  X509_STORE_CTX_set_time(verification.get(), 0, std::chrono::system_clock::to_time_t(at));
  const bool good = X509_verify_cert(verification.get()) == 1;
  return good ? "ok" : X509_verify_cert_error_string(X509_STORE_CTX_get_error(verification.get()));
}

TEST_CASE("a server's certificate is good by the strictest rules, for as long as clients take one") {
  const auto authority = Authority::make({}, kNow);
  const auto identity = authority.issue({"understudy", "*.team.internal", "127.0.0.1", "::1"}, kNow);
  REQUIRE(identity.chain.size() == 1);
  const auto& leaf = identity.chain[0];
  CHECK(leaf.names == std::vector<std::string>{"understudy", "*.team.internal", "127.0.0.1", "::1"});
  CHECK(leaf.not_before == kNow - 1h);
  CHECK(leaf.not_after == kNow - 1h + 397 * kDay);
  CHECK(PrivateKey::from_pem(identity.private_key.reveal(), "it").value().belongs_to(leaf));
  CHECK(verdict(authority, identity, kNow) == "ok");
  CHECK(verdict(authority, identity, kNow + 398 * kDay) == "certificate has expired");
  CHECK(verdict(Authority::make({}, kNow), identity, kNow) == "unable to get local issuer certificate");
}

TEST_CASE("an authority holds for ten years, and no certificate longer than it") {
  const auto authority = Authority::make({}, kNow);
  CHECK(authority.not_after() == kNow - 1h + 3650 * kDay);
  const auto late = authority.issue({"understudy"}, authority.not_after() - kDay);
  CHECK(late.chain[0].not_after == authority.not_after());
}

TEST_CASE("an authority comes back from its files") {
  const auto authority = Authority::make({"web"}, kNow);
  const auto again = Authority::from_pem(authority.certificate_pem(), authority.key_pem().reveal(), "here").value();
  CHECK(again.certificate_pem() == authority.certificate_pem());
  CHECK(again.not_after() == authority.not_after());
  CHECK(verdict(authority, again.issue({"web"}, kNow), kNow) == "ok");
}

TEST_CASE("what is no authority, or another's key, is refused without a word of its content") {
  const auto authority = Authority::make({}, kNow);
  const auto other = Authority::make({}, kNow);
  const auto leaf = fakes::make_identity({"plain", "DNS:plain", 1}, nullptr);
  const auto signed_leaf = fakes::make_identity({"plain", "DNS:plain", 1}, &leaf);
  const auto leaf_key = fakes::pem_of(*signed_leaf.key, fakes::PemForm::kPkcs8);
  // Of these none could sign, or say who did: and a running server that reads them anew has to live on.
  const auto unmarked = fakes::make_identity({"authority", "", 1});
  auto edwards = fakes::make_identity({"authority", "", 1});
  edwards.key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  X509_set_pubkey(edwards.certificate.get(), edwards.key.get());
  fakes::add_extension(edwards.certificate.get(), edwards.certificate.get(), NID_subject_key_identifier, "hash");
  X509_sign(edwards.certificate.get(), edwards.key.get(), nullptr);
  struct Row {
    std::string certificate;
    std::string key;
  };
  const std::vector<Row> rows{{"", ""},
                              {authority.certificate_pem(), "no key"},
                              {authority.certificate_pem(), std::string(other.key_pem().reveal())},
                              {"-----BEGIN CERTIFICATE-----\nAAAA\n", std::string(authority.key_pem().reveal())},
                              {signed_leaf.pem(), leaf_key},
                              {unmarked.pem(), fakes::pem_of(*unmarked.key, fakes::PemForm::kPkcs8)},
                              {edwards.pem(), fakes::pem_of(*edwards.key, fakes::PemForm::kPkcs8)}};
  for (const auto& row : rows) {
    const auto read = Authority::from_pem(row.certificate, row.key, "/etc/ca");
    REQUIRE_FALSE(read);
    CHECK(read.error().code == "BadAuthority");
    CHECK(read.error().message ==
          "/etc/ca does not hold what it should: an authority's certificate, with a subjectKeyIdentifier, and the "
          "private key for it, EC or RSA, not encrypted, both in PEM form");
  }
}

TEST_CASE("an authority may name what no public host is called, and what it was made for") {
  const auto plain = Authority::make({}, kNow);
  const auto asked = Authority::make({"web", "*.team.example", "203.0.113.5", "2001:db8::5"}, kNow);
  struct Row {
    const char* name;
    bool by_plain;
    bool by_asked;
  };
  const std::vector<Row> rows{{"understudy", true, true},
                              {"localhost", true, true},
                              {"host.docker.internal", true, true},
                              {"printer.local", true, true},
                              {"understudy.default.svc", true, true},
                              {"understudy.default.svc.cluster.local", true, true},
                              {"*.team.internal", true, true},
                              {"127.0.0.1", true, true},
                              {"172.18.0.5", true, true},
                              {"169.254.170.2", true, true},
                              {"fd00:ec2::23", true, true},
                              {"::1", true, true},
                              {"web", false, true},
                              {"a.web", false, true},
                              {"x.team.example", false, true},
                              {"203.0.113.5", false, true},
                              {"2001:db8::5", false, true},
                              {"sts.amazonaws.com", false, false},
                              {"*.team.com", false, false},
                              {"notinternal", false, false},
                              {"webx", false, false},
                              {"8.8.8.8", false, false},
                              {"2001:db8::6", false, false}};
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(plain.permits(row.name) == row.by_plain);
    CHECK(asked.permits(row.name) == row.by_asked);
    // What a client thinks of it.
    CHECK((verdict(plain, plain.issue({row.name}, kNow), kNow) == "ok") == row.by_plain);
    CHECK((verdict(asked, asked.issue({row.name}, kNow), kNow) == "ok") == row.by_asked);
  }
}

TEST_CASE("names are hosts, wildcards of them, and addresses") {
  for (const auto* name :
       {"a", "web.example", "*.team.example", "my_service", "X-1", "127.0.0.1", "::1", "1.example"}) {
    CAPTURE(name);
    CHECK(is_tls_name(name));
  }
  const std::string long_label(64, 'a');
  for (const auto& name : {std::string(), std::string("a b"), std::string("a,DNS:b"), std::string("https://a"),
                           std::string("a:443"), std::string("a..b"), std::string(".a"), std::string("-a"),
                           std::string("*"), std::string("*.internal"), std::string("a.*.b"), std::string("1.2.3"),
                           std::string("[::1]"), std::string("fe80::1%eth0"), long_label, std::string("\xc3\xa4")}) {
    CAPTURE(name);
    CHECK_FALSE(is_tls_name(name));
  }
}

}  // namespace
}  // namespace understudy
