#include "understudy/base/public_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <string>

#include "understudy/base/openssl.hpp"

namespace understudy {
namespace {

constexpr std::string_view kRsa = "RSA";

struct Algorithm {
  std::string_view name;
  std::string_view kind;
  const EVP_MD* (*digest)();
};
constexpr std::array<Algorithm, 6> kAlgorithms{{{"RS256", kRsa, EVP_sha256},
                                                {"RS384", kRsa, EVP_sha384},
                                                {"RS512", kRsa, EVP_sha512},
                                                {"ES256", "P-256", EVP_sha256},
                                                {"ES384", "P-384", EVP_sha384},
                                                {"ES512", "P-521", EVP_sha512}}};

struct Curve {
  std::string_view name;
  const char* group;
  std::size_t size;  ///< Bytes of a coordinate, and of each half of a signature.
};
constexpr std::array<Curve, 3> kCurves{
    {{"P-256", "prime256v1", 32}, {"P-384", "secp384r1", 48}, {"P-521", "secp521r1", 66}}};

using Number = Owned<BIGNUM, BN_free>;
using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using Signature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

const Curve* find_curve(std::string_view name) {
  const auto* const found = std::ranges::find(kCurves, name, &Curve::name);
  return found == kCurves.end() ? nullptr : found;
}

Number number_of(std::string_view bytes) {
  Number number(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
  require(number != nullptr, "BN_bin2bn");
  return number;
}

Builder new_builder() {
  Builder builder(OSSL_PARAM_BLD_new());
  require(builder != nullptr, "OSSL_PARAM_BLD_new");
  return builder;
}

/// nullptr where the parameters make no key.
std::shared_ptr<EVP_PKEY> key_of(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  require(parameters != nullptr, "OSSL_PARAM_BLD_to_param");
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  require(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1, "EVP_PKEY_fromdata_init");
  EVP_PKEY* key = nullptr;
  const bool made = EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
  std::shared_ptr<EVP_PKEY> owned(key, EVP_PKEY_free);
  ERR_clear_error();
  return made ? owned : nullptr;
}

/// JWS's two numbers side by side as the DER that OpenSSL takes; nullopt where they have another length.
std::optional<std::string> der_of_pair(std::string_view pair, std::size_t size) {
  if (pair.size() != 2 * size) {
    return std::nullopt;
  }
  const Signature signature(ECDSA_SIG_new());
  require(signature != nullptr, "ECDSA_SIG_new");
  auto r = number_of(pair.substr(0, size));
  auto s = number_of(pair.substr(size));
  // It fails for nullptr alone, which these are not.
  require(ECDSA_SIG_set0(signature.get(), r.release(), s.release()) == 1, "ECDSA_SIG_set0");
  return der_of(signature.get(), i2d_ECDSA_SIG);
}

}  // namespace

std::optional<PublicKey> PublicKey::rsa(std::string_view modulus, std::string_view exponent) {
  constexpr int kFewestBits = 2048;
  constexpr int kMostBits = 8192;
  constexpr int kMostExponentBits = 64;  // Larger ones would only make checking slow.
  const auto n = number_of(modulus.substr(0, kMostBits));
  const auto e = number_of(exponent.substr(0, kMostBits));
  const bool sensible = BN_num_bits(n.get()) >= kFewestBits && BN_num_bits(n.get()) <= kMostBits &&
                        BN_is_odd(n.get()) == 1 && BN_is_odd(e.get()) == 1 && BN_is_one(e.get()) == 0 &&
                        BN_num_bits(e.get()) <= kMostExponentBits;
  if (!sensible) {
    return std::nullopt;
  }
  const auto builder = new_builder();
  require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1, "push n");
  require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1, "push e");
  auto key = key_of("RSA", builder.get());
  return key ? std::optional(PublicKey(std::move(key), kRsa)) : std::nullopt;
}

std::optional<PublicKey> PublicKey::ec(std::string_view curve, std::string_view x, std::string_view y) {
  const auto* const known = find_curve(curve);
  if (known == nullptr || x.size() != known->size || y.size() != known->size) {
    return std::nullopt;
  }
  const auto point = std::string(1, static_cast<char>(POINT_CONVERSION_UNCOMPRESSED)).append(x).append(y);
  const auto builder = new_builder();
  require(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, known->group, 0) == 1, "group");
  require(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1,
          "point");
  auto key = key_of("EC", builder.get());
  return key ? std::optional(PublicKey(std::move(key), known->name)) : std::nullopt;
}

bool PublicKey::verifies(std::string_view algorithm, std::string_view data, std::string_view signature) const {
  const auto* const known = std::ranges::find(kAlgorithms, algorithm, &Algorithm::name);
  if (known == kAlgorithms.end() || known->kind != kind_) {
    return false;
  }
  const auto* const curve = find_curve(kind_);
  const auto expected = curve != nullptr ? der_of_pair(signature, curve->size) : std::string(signature);
  if (!expected) {
    return false;
  }
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  require(context != nullptr, "EVP_MD_CTX_new");
  require(EVP_DigestVerifyInit(context.get(), nullptr, known->digest(), nullptr, key_.get()) == 1, "DigestVerifyInit");
  const bool right = EVP_DigestVerify(context.get(), raw(*expected), expected->size(), raw(data), data.size()) == 1;
  ERR_clear_error();
  return right;
}

}  // namespace understudy
