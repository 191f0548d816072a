#include "understudy/service/imds_token.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

constexpr std::size_t kTokenLength = 56;
constexpr std::string_view kPadding = "==";
constexpr std::uint64_t kMaxTtl = 21600;
constexpr std::uint32_t kVersion = 1;

/// What is sealed. It never leaves this process readable, so the machine's byte order will do.
struct Note {
  std::uint32_t version;
  std::int64_t ends;
};
constexpr std::size_t kNoteSize = sizeof(Note::version) + sizeof(Note::ends);

std::string pack(const Note& note) {
  std::string out(kNoteSize, '\0');
  std::memcpy(out.data(), &note.version, sizeof note.version);
  std::memcpy(out.data() + sizeof note.version, &note.ends, sizeof note.ends);
  return out;
}

std::optional<Note> unpack(std::string_view bytes) {
  if (bytes.size() != kNoteSize) {
    return std::nullopt;
  }
  Note note{};
  std::memcpy(&note.version, bytes.data(), sizeof note.version);
  std::memcpy(&note.ends, bytes.data() + sizeof note.version, sizeof note.ends);
  return note;
}

}  // namespace

ImdsTokens::ImdsTokens(std::string instance_id, const Clock& clock, Secret key)
    : instance_id_(std::move(instance_id)), key_(std::move(key)), clock_(clock) {}

Secret ImdsTokens::new_key() { return Secret(random_bytes(32)); }

std::string ImdsTokens::issue(std::chrono::seconds ttl) const {
  const BootTime ends = clock_.boot() + ttl;
  auto token = base64url(seal(key_.reveal(), pack({kVersion, ends.time_since_epoch().count()}), instance_id_));
  token += kPadding;
  return token;
}

std::optional<std::chrono::seconds> ImdsTokens::life_left(std::string_view token) const {
  if (token.size() != kTokenLength || !token.ends_with(kPadding)) {
    return std::nullopt;
  }
  token.remove_suffix(kPadding.size());
  const auto sealed = unbase64url(token);
  const auto plain = sealed ? unseal(key_.reveal(), *sealed, instance_id_) : std::nullopt;
  const auto note = plain ? unpack(*plain) : std::nullopt;
  if (!note || note->version != kVersion) {
    return std::nullopt;
  }
  const auto left = BootTime(BootTime::duration(note->ends)) - clock_.boot();
  if (left <= BootTime::duration::zero()) {
    return std::nullopt;
  }
  return std::chrono::ceil<std::chrono::seconds>(left);
}

std::optional<std::chrono::seconds> parse_token_ttl(std::string_view text) {
  const auto seconds = parse_decimal(text);
  if (!seconds || *seconds > kMaxTtl) {
    return std::nullopt;
  }
  return std::chrono::seconds(*seconds);
}

}  // namespace understudy::service
