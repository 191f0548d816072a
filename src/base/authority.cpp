#include "understudy/base/authority.hpp"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "understudy/base/address_range.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"
#include "x509.hpp"

namespace understudy {
namespace {

using Constraints = Owned<NAME_CONSTRAINTS, NAME_CONSTRAINTS_free>;

/// Clocks of containers and virtual machines differ.
constexpr std::chrono::hours kAllowance{1};

/// Private and link-local ones (RFC 1918, 3927, 4193, 4291, 6598), in OpenSSL's form.
constexpr std::array kPrivateNetworks =
    std::to_array<std::string_view>({"127.0.0.0/255.0.0.0", "10.0.0.0/255.0.0.0", "172.16.0.0/255.240.0.0",
                                     "192.168.0.0/255.255.0.0", "169.254.0.0/255.255.0.0", "100.64.0.0/255.192.0.0",
                                     "::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fc00::/fe00::", "fe80::/ffc0::"});

Key make_key() {
  Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  require(key != nullptr, "EVP_EC_gen");
  return key;
}

/// `DNS:understudy`, `IP:127.0.0.1`.
std::string general_name(const std::string& name) { return (is_ip(name) ? "IP:" : "DNS:") + name; }

std::string constraint(const std::string& name) {
  const auto mask = is_ip(AF_INET, name)    ? "/255.255.255.255"
                    : is_ip(AF_INET6, name) ? "/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
                                            : "";
  return "permitted;" + general_name(name.starts_with("*.") ? name.substr(2) : name) + mask;
}

std::string constraints_for(const std::vector<std::string>& names) {
  std::string out = "critical";
  for (const auto name : Authority::kNames) {
    out += "," + constraint(std::string(name));
  }
  for (const auto network : kPrivateNetworks) {
    out += fmt::format(",permitted;IP:{}", network);
  }
  for (const auto& name : names) {
    out += "," + constraint(name);
  }
  return out;
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, OBJ_nid2sn(kind));
}

void set_alternative_names(X509* certificate, const std::vector<std::string>& names) {
  std::string value;
  for (const auto& name : names) {
    value += (value.empty() ? "" : ",") + general_name(name);
  }
  extend(certificate, certificate, NID_subject_alt_name, value);
}

WallTime end_of(const X509* certificate) {
  std::tm parts{};
  require(ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) == 1, "ASN1_TIME_to_tm");
  return WallTime(std::chrono::seconds(timegm(&parts)));
}

bool is_label(std::string_view text) {
  constexpr std::size_t kLongest = 63;
  return is_word(text, "-_") && text.size() <= kLongest && text.front() != '-' && text.back() != '-';
}

/// Keys that sign by SHA-256, as clients of all kinds take it; an Ed25519 key does not.
bool signs_by_sha256(const EVP_PKEY* key) {
  const int kind = EVP_PKEY_get_base_id(key);
  return kind == EVP_PKEY_EC || kind == EVP_PKEY_RSA;
}

}  // namespace

bool is_tls_name(std::string_view text) {
  constexpr std::size_t kLongest = 253;
  const std::string name(text.substr(0, kLongest + 1));
  if (is_ip(name)) {
    return true;
  }
  // What is all digits and dots was meant as an address.
  if (name.size() > kLongest || name.find_first_not_of("0123456789.") == std::string::npos) {
    return false;
  }
  const bool has_star = name.starts_with("*.");
  const auto labels = split(has_star ? std::string_view(name).substr(2) : name, '.');
  // OpenSSL, Node and rustls take a star for nothing where fewer than two labels follow.
  return labels.size() >= (has_star ? 2 : 1) && std::ranges::all_of(labels, is_label);
}

Authority Authority::make(const std::vector<std::string>& names, WallTime now) {
  auto key = make_key();
  auto certificate = new_certificate(key.get(), now - kAllowance, now - kAllowance + kLife);
  auto* const raw_certificate = certificate.get();
  auto* const name = X509_get_subject_name(raw_certificate);
  // Each its own name, or clients that trust two would take the one's key for the other's.
  add_names(name, "local authority " + hex(random_bytes(4)));
  require(X509_set_issuer_name(raw_certificate, name) == 1, "X509_set_issuer_name");
  extend(raw_certificate, raw_certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  extend(raw_certificate, raw_certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(raw_certificate, raw_certificate, NID_subject_key_identifier, "hash");
  extend(raw_certificate, raw_certificate, NID_name_constraints, constraints_for(names));
  require(X509_sign(raw_certificate, key.get(), EVP_sha256()) > 0, "X509_sign");
  return {std::move(key), std::move(certificate)};
}

Result<Authority> Authority::from_pem(std::string_view certificate_pem, std::string_view key_pem,
                                      std::string_view place) {
  bool ignored = false;
  const auto key_reader = reader_of(key_pem);
  Key key(PEM_read_bio_PrivateKey(key_reader.get(), nullptr, refuse_passphrase, &ignored), EVP_PKEY_free);
  const auto reader = reader_of(certificate_pem);
  std::shared_ptr<X509> certificate(PEM_read_bio_X509(reader.get(), nullptr, refuse_passphrase, &ignored), X509_free);
  // Without a subjectKeyIdentifier there would be nothing for its certificates to name their issuer's key by.
  const bool fits = key != nullptr && signs_by_sha256(key.get()) && certificate != nullptr &&
                    X509_check_ca(certificate.get()) == 1 && X509_get0_subject_key_id(certificate.get()) != nullptr &&
                    X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!fits) {
    return Error{
        Error::Kind::kInvalid, "BadAuthority",
        fmt::format("{} does not hold what it should: an authority's certificate, with a subjectKeyIdentifier, "
                    "and the private key for it, EC or RSA, not encrypted, both in PEM form",
                    place)};
  }
  return Authority(std::move(key), std::move(certificate));
}

std::string Authority::certificate_pem() const { return pem_of(certificate_.get()); }

Secret Authority::key_pem() const { return Secret(pem_of(key_.get())); }

WallTime Authority::not_after() const { return end_of(certificate_.get()); }

bool Authority::permits(std::string_view name) const {
  const Constraints constraints(
      static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(certificate_.get(), NID_name_constraints, nullptr, nullptr)));
  if (constraints == nullptr) {
    return true;
  }
  const auto sample = new_certificate(key_.get(), {}, {});
  set_alternative_names(sample.get(), {std::string(name)});
  require(X509_sign(sample.get(), key_.get(), EVP_sha256()) > 0, "X509_sign");
  // OpenSSL looks at what it has noted of the extensions, which this makes it do.
  require(X509_check_purpose(sample.get(), -1, 0) == 1, "X509_check_purpose");
  const bool permitted = NAME_CONSTRAINTS_check(sample.get(), constraints.get()) == X509_V_OK;
  ERR_clear_error();
  return permitted;
}

TlsIdentity Authority::issue(const std::vector<std::string>& names, WallTime now) const {
  const auto key = make_key();
  const auto begin = now - kAllowance;
  const auto certificate = new_certificate(key.get(), begin, std::min(begin + kLeafLife, not_after()));
  auto* const leaf = certificate.get();
  auto* const issuer = certificate_.get();
  add_names(X509_get_subject_name(leaf), "server");
  require(X509_set_issuer_name(leaf, X509_get_subject_name(issuer)) == 1, "X509_set_issuer_name");
  extend(leaf, issuer, NID_basic_constraints, "critical,CA:FALSE");
  extend(leaf, issuer, NID_key_usage, "critical,digitalSignature");
  extend(leaf, issuer, NID_ext_key_usage, "serverAuth");
  extend(leaf, issuer, NID_subject_key_identifier, "hash");
  extend(leaf, issuer, NID_authority_key_identifier, "keyid:always");
  set_alternative_names(leaf, names);
  require(X509_sign(leaf, key_.get(), EVP_sha256()) > 0, "X509_sign");
  return {certificates_in(pem_of(leaf), "a new certificate").value(), Secret(pem_of(key.get()))};
}

}  // namespace understudy
