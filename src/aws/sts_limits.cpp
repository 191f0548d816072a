#include "understudy/aws/sts_limits.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

#include "sts_members.hpp"
#include "sts_violations.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";

/// Which characters a member may have, and how STS writes that.
struct Alphabet {
  std::string_view pattern;
  std::string_view marks;  ///< Beside letters and digits.
  bool letters = true;
  bool beyond_ascii = false;

  [[nodiscard]] bool has(char c) const {
    return kDigits.find(c) != kDigits.npos || (letters && kLetters.find(c) != kLetters.npos) ||
           marks.find(c) != marks.npos || (beyond_ascii && (static_cast<unsigned char>(c) & 0x80U) != 0);
  }
};

constexpr Alphabet kName{R"([\w+=,.@-]*)", "_+=,.@-"};
constexpr Alphabet kExternalId{R"([\w+=,.@:\/-]*)", "_+=,.@:/-"};
constexpr Alphabet kSerial{R"([\w+=/:,.@-]*)", "_+=/:,.@-"};
constexpr Alphabet kNumber{R"([\d]*)", "", false};
constexpr Alphabet kWord{R"([\w]*)", "_"};
constexpr Alphabet kTagText{R"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", " _.:/=+-@", true, true};
constexpr Alphabet kPrintable{R"([\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+)",
                              "\t\n\r !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", true, true};

struct Limits {
  std::string_view member;  ///< `RoleArn`, `Tags.Key`.
  std::size_t least;
  std::size_t most;
  const Alphabet* alphabet;  ///< nullptr: any text.
};

constexpr std::array kLimits = {
    Limits{"RoleArn", 20, 2048, &kPrintable},
    Limits{"RoleSessionName", 2, 64, &kName},
    Limits{"PolicyArns.arn", 20, 2048, &kPrintable},
    Limits{"Policy", 1, 2048, &kPrintable},
    Limits{"Tags.Key", 1, 128, &kTagText},
    Limits{"Tags.Value", 0, 256, &kTagText},
    Limits{"TransitiveTagKeys", 1, 128, &kTagText},
    // STS itself wants two; one is what examples and try-outs write, and an external id is only compared.
    Limits{"ExternalId", 1, 1224, &kExternalId},
    Limits{"SerialNumber", 9, 256, &kSerial},
    Limits{"TokenCode", 6, 6, &kNumber},
    Limits{"SourceIdentity", 2, 64, &kName},
    Limits{"ProvidedContexts.ProviderArn", 20, 2048, &kPrintable},
    Limits{"ProvidedContexts.ContextAssertion", 4, 2048, nullptr},
    Limits{"WebIdentityToken", 4, 20000, nullptr},
    Limits{"ProviderId", 4, 2048, nullptr},
    Limits{"PrincipalArn", 20, 2048, &kPrintable},
    Limits{"SAMLAssertion", 4, 100000, nullptr},
    Limits{"Name", 2, 32, &kName},
    Limits{"AccessKeyId", 16, 128, &kWord},
    Limits{"EncodedMessage", 1, 10240, nullptr},
};

struct CountLimit {
  std::string_view list;
  std::size_t most;
};
constexpr std::array kCountLimits = {CountLimit{"PolicyArns", 10}, CountLimit{"Tags", 50},
                                     CountLimit{"TransitiveTagKeys", 50}, CountLimit{"ProvidedContexts", 5}};

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

class Checker {
 public:
  explicit Checker(std::chrono::seconds longest) : longest_(longest) {}

  void operator()(std::string_view name, const std::string& value, Presence presence) {
    if (presence == Presence::kRequired || !value.empty()) {
      check_text(name, member_in_message(name), value, false);
    }
  }
  void operator()(std::string_view name, const Secret& value, Presence) {
    check_text(name, member_in_message(name), value.reveal(), true);
  }
  void operator()(std::string_view name, const std::optional<std::chrono::seconds>& value) {
    constexpr std::chrono::seconds kShortest(900);
    if (value && *value < kShortest) {
      violations_.add(std::to_string(value->count()), member_in_message(name),
                      fmt::format("have value greater than or equal to {}", kShortest.count()));
    } else if (value && *value > longest_) {
      violations_.add(std::to_string(value->count()), member_in_message(name),
                      fmt::format("have value less than or equal to {}", longest_.count()));
    }
  }
  void operator()(std::string_view name, std::string_view suffix, const std::vector<std::string>& values) {
    check_count(name, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      check_text(qualified(name, suffix), item_in_message(name, i + 1, suffix), values[i], false);
    }
  }
  template <class Record>
  void operator()(std::string_view name, std::string_view first, std::string_view second,
                  const std::vector<Record>& records) {
    check_count(name, records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto& [first_value, second_value] = records[i];
      check_text(qualified(name, first), item_in_message(name, i + 1, first), first_value, false);
      check_text(qualified(name, second), item_in_message(name, i + 1, second), second_value,
                 second == "ContextAssertion");
    }
  }

  [[nodiscard]] Violations& violations() { return violations_; }

 private:
  static std::string qualified(std::string_view list, std::string_view suffix) {
    return suffix.empty() ? std::string(list) : fmt::format("{}.{}", list, suffix);
  }
  void check_text(std::string_view name, const std::string& at, std::string_view value, bool is_secret) {
    const auto* limits = std::ranges::find(kLimits, name, &Limits::member);
    const auto violated = [&](const std::string& constraint) {
      is_secret ? violations_.add_unseen(at, constraint) : violations_.add(value, at, constraint);
    };
    const auto* alphabet = limits->alphabet;
    const bool needs_one = alphabet != nullptr && alphabet->pattern.ends_with('+');
    if (alphabet != nullptr &&
        ((needs_one && value.empty()) || !std::ranges::all_of(value, [&](char c) { return alphabet->has(c); }))) {
      violated(fmt::format("satisfy regular expression pattern: {}", alphabet->pattern));
    }
    const auto length = code_points(value);
    if (length < limits->least) {
      violated(fmt::format("have length greater than or equal to {}", limits->least));
    } else if (length > limits->most) {
      violated(fmt::format("have length less than or equal to {}", limits->most));
    }
  }
  void check_count(std::string_view list, std::size_t count) {
    const auto* limit = std::ranges::find(kCountLimits, list, &CountLimit::list);
    if (count > limit->most) {
      violations_.add_unseen(member_in_message(list), fmt::format("have length less than or equal to {}", limit->most));
    }
  }

  std::chrono::seconds longest_;
  Violations violations_;
};

Error invalid(std::string code, std::string message) {
  return {Error::Kind::kInvalid, std::move(code), std::move(message)};
}

Result<void> check_policies(const SessionPolicies& policies) {
  if (!policies.policy.empty() && !nlohmann::json::accept(policies.policy)) {
    return invalid("MalformedPolicyDocument", "The policy is not in the valid JSON format.");
  }
  auto characters = code_points(policies.policy);
  for (const auto& arn : policies.policy_arns) {
    characters += code_points(arn);
  }
  if (constexpr std::size_t kMost = 2048; characters > kMost) {
    return invalid(
        "PackedPolicyTooLarge",
        fmt::format("Policy and policy ARNs have {} characters together; {} are allowed.", characters, kMost));
  }
  return {};
}

Result<void> check_tags(const Tags& tags) {
  std::set<std::string> seen;
  for (const auto& [key, value] : tags) {
    if (!seen.insert(to_lower(key)).second) {
      return invalid("InvalidParameterValue",
                     "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
  }
  return {};
}

Result<void> check_meaning(const StsCall& call) {
  return std::visit(
      [](const auto& members) -> Result<void> {
        if constexpr (requires { members.policies; }) {
          if (auto outcome = check_policies(members.policies); !outcome) {
            return outcome;
          }
        }
        if constexpr (requires { members.tags; }) {
          return check_tags(members.tags);
        }
        return {};
      },
      call);
}

std::chrono::seconds longest_duration(const StsCall& call) {
  const bool for_a_role =
      !std::holds_alternative<GetSessionToken>(call) && !std::holds_alternative<GetFederationToken>(call);
  return for_a_role ? std::chrono::hours(12) : std::chrono::hours(36);
}

}  // namespace

Result<void> check(const StsCall& call) {
  Checker checker(longest_duration(call));
  std::visit([&](const auto& members) { visit_members(members, checker); }, call);
  const auto* assume = std::get_if<AssumeRole>(&call);
  if (assume != nullptr && to_lower(assume->source_identity).starts_with("aws:")) {
    checker.violations().add(assume->source_identity, "sourceIdentity", "not start with aws:");
  }
  if (!checker.violations().empty()) {
    return checker.violations().error();
  }
  return check_meaning(call);
}

}  // namespace understudy::aws
