#include "understudy/aws/arn.hpp"

#include <fmt/format.h>

#include <array>

#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

constexpr std::string_view kRole = "role/";
constexpr std::string_view kExample = "arn:aws:iam::111122223333:role/NAME";

Error bad_arn(std::string_view text, std::string_view why) {
  return {Error::Kind::kInvalid, "InvalidArn",
          fmt::format("\"{}\" {}; expected something like {}", escape_for_log(text), why, kExample)};
}

}  // namespace

std::string Arn::to_string() const {
  return fmt::format("arn:{}:{}:{}:{}:{}", partition, service, region, account, resource);
}

Result<Arn> parse_arn(std::string_view text) {
  std::array<std::string_view, 5> parts;
  auto rest = text;
  for (auto& part : parts) {
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos) {
      return bad_arn(text, "is no ARN, because it has fewer than five colons");
    }
    part = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  const auto& [prefix, partition, service, region, account] = parts;
  if (prefix != "arn" || partition.empty() || service.empty() || rest.empty() || !is_visible(text)) {
    return bad_arn(text, "is no ARN");
  }
  return Arn{std::string(partition), std::string(service), std::string(region), std::string(account),
             std::string(rest)};
}

bool is_account_id(std::string_view text) { return text.size() == 12 && parse_decimal(text).has_value(); }

bool is_role(const Arn& arn) {
  return arn.service == "iam" && arn.region.empty() && is_account_id(arn.account) && arn.resource.starts_with(kRole) &&
         !arn.resource.ends_with('/');
}

Result<Arn> parse_role_arn(std::string_view text) {
  auto arn = parse_arn(text);
  if (!arn || is_role(*arn)) {
    return arn;
  }
  if (arn->resource.starts_with("assumed-role/")) {
    return bad_arn(text, "is the ARN of a session, not of its role (aws iam get-role shows that one)");
  }
  return bad_arn(text, "is not the ARN of an IAM role");
}

std::string role_name(const Arn& role) { return role.resource.substr(role.resource.rfind('/') + 1); }

bool is_role_name(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  return text.size() <= kLongest && is_word(text, "+=,.@_-");
}

Arn assumed_role_arn(const Arn& role, std::string_view session_name) {
  return {role.partition, "sts", "", role.account, fmt::format("assumed-role/{}/{}", role_name(role), session_name)};
}

}  // namespace understudy::aws
