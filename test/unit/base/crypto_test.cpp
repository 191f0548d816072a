#include "understudy/base/crypto.hpp"

#include <initializer_list>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

namespace understudy {
namespace {

std::string all_bytes() {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
  }
  return all;
}

// Expected digests from Python's hashlib and hmac.
TEST_CASE("digests are those of the standards") {
  CHECK(hex(bytes_of(sha256(""))) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(bytes_of(sha256("understudy"))) == "1aae809381b4d2e5f0c6366fb4ecac7b9086aaeaf24da07bc0e54053c3efe12e");
  CHECK(hex(sha1("understudy")) == "443e53094a5db212428bd2d3528cfbeb7bbd9364");
  CHECK(hex(bytes_of(hmac_sha256("key", "understudy"))) ==
        "25d0d444ca4f8166815edf5b453d83a1b0fc07d5a2e293d80b1881111fb7f5a0");
  CHECK(hex(bytes_of(hmac_sha256("", ""))) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(hex(bytes_of(hmac_sha256(std::string(200, 'k'), all_bytes()))) ==
        "afe233d1e413ce8957c935eb88def4c9df9419b8deb59789007d8afdb77efba5");
}

TEST_CASE("hex is lower case and read in either") {
  CHECK(hex(std::string_view("\x00\xAF\xff", 3)) == "00afff");
  CHECK(unhex("00aFFf") == std::string("\x00\xAF\xFF", 3));
  CHECK(unhex("") == "");
  CHECK(unhex(hex(all_bytes())) == all_bytes());
  for (const auto* text : {"0", "0g", "g0", "0x00", " 00", "00 "}) {
    CAPTURE(text);
    CHECK_FALSE(unhex(text));
  }
}

TEST_CASE("base64 has padding and base64url has none") {
  struct Row {
    std::string_view bytes;
    std::string_view standard;
    std::string_view url;
  };
  for (const auto& [bytes, standard, url] : std::initializer_list<Row>{
           {"", "", ""},
           {"a", "YQ==", "YQ"},
           {"ab", "YWI=", "YWI"},
           {"abc", "YWJj", "YWJj"},
           {"\xFB\xEF\xFF", "++//", "--__"},
           {std::string_view("\0\0", 2), "AAA=", "AAA"},
       }) {
    CAPTURE(standard);
    CHECK(base64(bytes) == standard);
    CHECK(unbase64(standard) == bytes);
    CHECK(base64url(bytes) == url);
    CHECK(unbase64url(url) == bytes);
  }
  CHECK(unbase64(base64(all_bytes())) == all_bytes());
  CHECK(unbase64url(base64url(all_bytes())) == all_bytes());
}

TEST_CASE("base64 that is not what encoding gives is refused") {
  for (const auto* text : {"Y", "YQ", "YQ=", "YQ===", "YR==", "YWJ=", "=", "====", "YQ==YQ==", "Y Q=", "YWJj\n",
                           " YWJj", "YWJj    ", "-_-_", "YW\nJj"}) {
    CAPTURE(text);
    CHECK_FALSE(unbase64(text));
  }
  for (const auto* text : {"Y", "YQ==", "YR", "YWJ", "++//", "YQ ", "YWJj\n", "abcde"}) {
    CAPTURE(text);
    CHECK_FALSE(unbase64url(text));
  }
}

TEST_CASE("random bytes are as many as asked for and differ") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(32).size() == 32);
  CHECK(random_bytes(32) != random_bytes(32));
}

const std::string kKey(32, 'k');

TEST_CASE("what is sealed is opened again, also when it is empty") {
  for (const auto& plain : {std::string(), std::string("a secret"), all_bytes()}) {
    for (const auto* associated : {"", "context"}) {
      const auto sealed = seal(kKey, plain, associated);
      CHECK(sealed.size() == plain.size() + 28);
      CHECK(unseal(kKey, sealed, associated) == plain);
    }
  }
}

TEST_CASE("sealing twice gives two texts, because each has a nonce of its own") {
  CHECK(seal(kKey, "a secret", "") != seal(kKey, "a secret", ""));
}

TEST_CASE("a sealed text opens with the same key, bytes and associated data only") {
  const auto sealed = seal(kKey, "a secret", "context");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CAPTURE(i);
    CHECK_FALSE(unseal(kKey, changed, "context"));
  }
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(unseal(kKey, sealed.substr(0, length), "context"));
  }
  CHECK_FALSE(unseal(kKey, sealed + "x", "context"));
  CHECK_FALSE(unseal(kKey, sealed, "Context"));
  CHECK_FALSE(unseal(kKey, sealed, ""));
  CHECK_FALSE(unseal(std::string(32, 'K'), sealed, "context"));
}

TEST_CASE("a key of another length is a bug") {
  CHECK_THROWS_AS(static_cast<void>(seal("short", "a", "")), std::logic_error);
  CHECK_THROWS_AS(static_cast<void>(unseal(std::string(33, 'k'), std::string(40, 'x'), "")), std::logic_error);
}

}  // namespace
}  // namespace understudy
