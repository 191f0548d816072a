#include "understudy/base/public_key.hpp"

#include <array>
#include <optional>
#include <string>

#include "understudy/base/crypto.hpp"

#include <doctest/doctest.h>

namespace understudy {
namespace {

/// Keys and signatures over "a.b" by another implementation, Python's cryptography; in a JSON Web Key's base64url.
struct Signed {
  const char* algorithm;
  const char* kind;    ///< `RSA`, or the curve.
  const char* first;   ///< n or x.
  const char* second;  ///< e or y.
  const char* signature;
};

constexpr const char* kModulus =
    "thhkak-2jS7kJOYZ-ksyrPWIgCfll4Z8CML4gLByvxKLBovX5-e1dn_rL8zzvr54Xg9sVGuuuUEXkG2g327If_9C7olCZmafy6sC"
    "Zv6_diNgYCsNQDbgyMm5PNxOvlhvYvtHe8Lu8LMUdDGsEhLnyRZUDXgMUVQWb08X3P-lqBa78E-zb5uNYFs5B9LfIpK3NSEQso3X"
    "FqY61vKep1jmNNCnncueSq3pv2UEO-G1z_4P-moJdpg4urL-V7u3nz5pkO1aW3VSwDiAN_VsPMHCcv5R_Ill6I5nlyVBFmmVwcFu"
    "hx26doiC3rReWHxFCT484wE3M0mBXH9bJSyJtlex8Q";

constexpr std::array<Signed, 6> kSigned{{
    {"RS256", "RSA", kModulus, "AQAB",
     "oqUMiy2CWLLJr0EMsSAnRar5iIq8kETfTVtJfDsBNE2HHJnTcOS5toJLGogAKrzewoU1YmKzFm9bFzCKtXc3wKSH498OXLPvPXC_"
     "LN0HCxOFEUcZKYN4k0aZVyn8IG9gMtHe8zj_426eBuKTa-TAHTeMea9El8v19lx15clc5QHBgS_o7nB6utyN3wDesNfXbzupl-fg"
     "gCeN-_ImqFDp2CMIVipq2zw_YpR_FmFbcLilBgY8mRsA5X30IH-LV30lUjI_j8LoQ-WOCy6U69KhtXpaAnhwI8QildIlWq6Uwyfv"
     "nl9X4furZ0n8BRkgQbm8-QZY9BKvZBAWi6A60euhug"},
    {"RS384", "RSA", kModulus, "AQAB",
     "Jj1JDDVjQ9C8AIeIeP_3_iduiwRK2GHUy9rc17O2O8t7wq-pWgva6jAjZA1sPuAfxakQMOQt3JiwfAqiC8RmTj28dF6Yzktz3Dbi"
     "VhhKotMXE72VpK_OcNEmME--HEe8ZjXXFtzXh_Tjp6PmDq300Px6xLvs2k9z93Dz8cuZ0s2rGFI94TM_iWIwTnZd2b_ulEJmAI-n"
     "gr2HtY9SkNaUhiAT1kVRc50rXsXZsYnpWNCEDw0w3VXVY-G5i3F-Fb00gA7RUBkAZmtuK0uJaD4U_M4bBwXgkzNp-1snJTr6rc0I"
     "lVj45WN68PTrFFeZIF5XvqT8wZdMMFYQODwsHCRtaQ"},
    {"RS512", "RSA", kModulus, "AQAB",
     "SMyThM9Awq5qO3XnVgc6HOmOJ7vhIkpwRUHlBLuKG6l1oW58PSyafmquqFRe7mr4AG1H7JB1ccYfpYf99soWkLf7z1wNh5P0YO5a"
     "suZ1IJ70oBQLo7UC_3WqvF7I0oOvMF32YwF3HDFKAneme9lOxmHpYFs_vJ8T8cF5-YdTmoTB68DLPlGMYjRIwfoJEbtphUS6j1Dc"
     "Em2JdRYAWb1c5dIa6D9iGOisN-4DU80J1FS1-PEYWtbq6DFh03hh7pdAaMBgaRGiiHraLuPIyLQ_NgVLP3g6iEbyMxrzRb0_XtvN"
     "CAtssiDPuFKwGDcRCSJKgi5NzpI2_-fxoxIE9H9fyA"},
    {"ES256", "P-256", "37B3hRd35_7TMA878Pc78X060GDHilQ2a0XN1bkGa9k", "N7HB4LO0ZocccrcaDmRmlb64UEtGKyMu8iCX3E_UJRc",
     "iKABZkfYh_McYgzuJ4n6_OG67g5Kxpuxf3-nk8NoPeGx4fU8Z-O0Ylq-ykmbvVdqYooObt9HTZwJgaptr5tOWw"},
    {"ES384", "P-384", "Dew0Rx_IpmD2lnQQwy8qUSqSvbbPe4BoV3vIrpx-D2yCDXK4RbBHrCMdJztnSo_i",
     "g2R3scVXb2k8olx2T9iNW5rjSFPd7G7sYtVHgGW7xhLczKtsVPkVW8iWDev5_u8G",
     "VJ0zGO5fma-w6ciYseWIMyruf3gzw7UqLJjx5o_HVKlPd8En2mC7O608Wdvuqx5kFwZauPmPFmmy8iAaC96XuKoQOnVmOwrEap3Z"
     "c8W3X_T4FgEvccF7HbSfIh_IQ3KV"},
    {"ES512", "P-521", "AXb49Bi9RarVKbCagugnjURu7tJnqaUA6ChqTwurrPlA_crON67CG7j7Y4okZ54W-BgGK88uYn3gHm2RgM1z3YR5",
     "Abw3xeXPMxzximccFdElsRgvx_Oq-UNXY29quY7oMZfsc_HbZWRzRYvVaEld-yawVH0bfxRrdyXSPeFA8bYfJGqe",
     "AGozjOd4gD73mdSlik5taPCNcLoZJBlVZpHsGlgNtBkuHjogsDnzmYlD8zNoLPChVbfKEpFv_Xn_NoveKwaf2TziARqy4NutQUKU"
     "6PS9p5sQ8khPDMG-myCGXsexlWd22Am4DriOOvq9AWLzYGIQLEY-a8BM0DPseuDtDYTV-j21lmvf"},
}};

std::string bytes(const char* text) { return unbase64url(text).value(); }

std::optional<PublicKey> key_of(const Signed& row) {
  return std::string(row.kind) == "RSA" ? PublicKey::rsa(bytes(row.first), bytes(row.second))
                                        : PublicKey::ec(row.kind, bytes(row.first), bytes(row.second));
}

TEST_CASE("signatures of others are verified, by their own algorithm alone") {
  for (const auto& row : kSigned) {
    CAPTURE(row.algorithm);
    const auto key = key_of(row);
    REQUIRE(key.has_value());
    CHECK(key->verifies(row.algorithm, "a.b", bytes(row.signature)));
    CHECK_FALSE(key->verifies(row.algorithm, "a.c", bytes(row.signature)));
    for (const char* other : {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "HS256", "PS256", "none", ""}) {
      CAPTURE(other);
      CHECK(key->verifies(other, "a.b", bytes(row.signature)) == (std::string(other) == row.algorithm));
    }
  }
}

TEST_CASE("a signature that differs in a byte, or in its length, is none") {
  for (const auto& row : kSigned) {
    CAPTURE(row.algorithm);
    const auto key = key_of(row);
    REQUIRE(key.has_value());
    const auto good = bytes(row.signature);
    for (std::size_t i = 0; i < good.size(); i += 7) {
      auto forged = good;
      forged[i] = static_cast<char>(forged[i] ^ 1);
      CHECK_FALSE(key->verifies(row.algorithm, "a.b", forged));
    }
    for (const auto& wrong :
         {std::string(), good.substr(1), good + good.substr(0, 1), std::string(good.size(), '\0')}) {
      CHECK_FALSE(key->verifies(row.algorithm, "a.b", wrong));
    }
  }
}

TEST_CASE("what is no key of the kind is refused") {
  const auto modulus = bytes(kModulus);
  const auto odd = std::string(1, '\x03');
  CHECK_FALSE(PublicKey::rsa("", odd));
  CHECK_FALSE(PublicKey::rsa(modulus, ""));
  CHECK_FALSE(PublicKey::rsa(modulus, std::string(1, '\x01')));
  CHECK_FALSE(PublicKey::rsa(modulus, std::string(1, '\x04')));
  CHECK_FALSE(PublicKey::rsa(modulus.substr(128), odd));
  CHECK_FALSE(PublicKey::rsa(std::string(2000, '\xff'), odd));
  CHECK_FALSE(PublicKey::rsa(modulus, modulus));
  const auto& p256 = kSigned[3];
  CHECK_FALSE(PublicKey::ec("P-256", bytes(p256.first), bytes(p256.first)));
  CHECK_FALSE(PublicKey::ec("P-256", bytes(p256.first), ""));
  CHECK_FALSE(PublicKey::ec("P-384", bytes(p256.first), bytes(p256.second)));
  CHECK_FALSE(PublicKey::ec("secp256k1", bytes(p256.first), bytes(p256.second)));
}

}  // namespace
}  // namespace understudy
