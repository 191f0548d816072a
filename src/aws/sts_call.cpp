#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "sts_members.hpp"
#include "sts_violations.hpp"
#include "understudy/aws/canonical_request.hpp"
#include "understudy/aws/sts.hpp"
#include "understudy/aws/sts_action_names.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

/// Appends each member that is there as `&name=value`.
class Encoder {
 public:
  explicit Encoder(std::string& form) : form_(form) {}

  void operator()(std::string_view name, const std::string& value, Presence) { append_if_set(name, value); }
  void operator()(std::string_view name, const Secret& value, Presence) { append_if_set(name, value.reveal()); }
  void operator()(std::string_view name, const std::optional<std::chrono::seconds>& value) {
    if (value) {
      append(name, std::to_string(value->count()));
    }
  }
  void operator()(std::string_view name, std::string_view suffix, const std::vector<std::string>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      append(fmt::format("{}.member.{}{}{}", name, i + 1, suffix.empty() ? "" : ".", suffix), values[i]);
    }
  }
  template <class Record>
  void operator()(std::string_view name, std::string_view first, std::string_view second,
                  const std::vector<Record>& records) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto& [first_value, second_value] = records[i];
      append(fmt::format("{}.member.{}.{}", name, i + 1, first), first_value);
      append(fmt::format("{}.member.{}.{}", name, i + 1, second), second_value);
    }
  }

 private:
  void append_if_set(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      append(name, value);
    }
  }
  void append(std::string_view name, std::string_view value) {
    // Both "%20" and "+" are a space in a form, and AWS takes either; a verifier that decodes the form and encodes it
    // anew before it takes the hash (moto does) arrives at "+".
    auto encoded = percent_encode(value, " ");
    std::ranges::replace(encoded, ' ', '+');
    form_ += fmt::format("&{}={}", name, encoded);
  }

  std::string& form_;
};

using Parameters = std::map<std::string, std::string, std::less<>>;

/// A name that comes twice counts once, the first time.
Parameters read_form(std::string_view form) {
  std::string spaced(form);
  std::ranges::replace(spaced, '+', ' ');
  Parameters parameters;
  for (auto& [name, value] : parse_query(spaced)) {
    parameters.try_emplace(std::move(name), std::move(value));
  }
  return parameters;
}

/// Takes each member from the parameters.
class Decoder {
 public:
  explicit Decoder(const Parameters& parameters) : parameters_(parameters) {}

  void operator()(std::string_view name, std::string& value, Presence presence) {
    if (const auto* found = find(name)) {
      value = *found;
    } else if (presence == Presence::kRequired) {
      violations_.add_missing(member_in_message(name));
    }
  }
  void operator()(std::string_view name, Secret& value, Presence presence) {
    std::string text;
    (*this)(name, text, presence);
    value = Secret(std::move(text));
  }
  void operator()(std::string_view name, std::optional<std::chrono::seconds>& value) {
    const auto* found = find(name);
    if (found == nullptr) {
      return;
    }
    const auto seconds = parse_decimal(*found);
    if (seconds && *seconds <= std::numeric_limits<std::int32_t>::max()) {
      value = std::chrono::seconds(static_cast<std::int32_t>(*seconds));
    } else {
      violations_.add(*found, member_in_message(name), "be a whole number of seconds");
    }
  }
  void operator()(std::string_view name, std::string_view suffix, std::vector<std::string>& values) {
    for (std::size_t i = 1; has_item(name, i); ++i) {
      values.push_back(item(name, i, suffix));
    }
    refuse_gap(name, values.size());
  }
  template <class Record>
  void operator()(std::string_view name, std::string_view first, std::string_view second,
                  std::vector<Record>& records) {
    for (std::size_t i = 1; has_item(name, i); ++i) {
      records.push_back(Record{item(name, i, first), item(name, i, second)});
    }
    refuse_gap(name, records.size());
  }

  [[nodiscard]] const Violations& violations() const { return violations_; }

 private:
  const std::string* find(std::string_view name) const {
    const auto found = parameters_.find(name);
    return found == parameters_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] bool starts(std::string_view prefix) const {
    const auto found = parameters_.lower_bound(prefix);
    return found != parameters_.end() && found->first.starts_with(prefix);
  }
  [[nodiscard]] bool has_item(std::string_view list, std::size_t index) const {
    const auto name = fmt::format("{}.member.{}", list, index);
    return find(name) != nullptr || starts(name + ".");
  }
  std::string item(std::string_view list, std::size_t index, std::string_view suffix) {
    const auto* found = find(fmt::format("{}.member.{}{}{}", list, index, suffix.empty() ? "" : ".", suffix));
    if (found == nullptr) {
      violations_.add_missing(item_in_message(list, index, suffix));
      return {};
    }
    return *found;
  }
  void refuse_gap(std::string_view list, std::size_t size) {
    const auto prefix = fmt::format("{}.member.", list);
    for (auto it = parameters_.lower_bound(prefix); it != parameters_.end() && it->first.starts_with(prefix); ++it) {
      const auto number = std::string_view(it->first).substr(prefix.size());
      const auto index = parse_decimal(number.substr(0, number.find('.')));
      if (!index || *index == 0 || *index > size) {
        violations_.add_unseen(member_in_message(list), fmt::format("be numbered from 1 without a gap"));
        return;
      }
    }
  }

  const Parameters& parameters_;
  Violations violations_;
};

std::optional<StsCall> empty_call(std::string_view action) {
  for (const StsCall& call :
       {StsCall(AssumeRole()), StsCall(AssumeRoleWithWebIdentity()), StsCall(AssumeRoleWithSaml()),
        StsCall(GetSessionToken()), StsCall(GetFederationToken()), StsCall(GetCallerIdentity()),
        StsCall(GetAccessKeyInfo()), StsCall(DecodeAuthorizationMessage())}) {
    if (action_of(call) == action) {
      return call;
    }
  }
  return std::nullopt;
}

std::string value_of(const Parameters& parameters, std::string_view name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string() : found->second;
}

}  // namespace

std::string_view sts_action_at(std::size_t index) { return kActions.at(index); }

std::string_view action_of(const StsCall& call) { return sts_action_at(call.index()); }

std::optional<std::size_t> action_index(std::string_view action) {
  const auto* found = std::ranges::find(kActions, action);
  return found == kActions.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - kActions.begin()));
}

bool needs_signature(std::string_view action) {
  return action != "AssumeRoleWithWebIdentity" && action != "AssumeRoleWithSAML";
}

std::string encode_call(const StsCall& call) {
  auto form = fmt::format("Action={}&Version={}", action_of(call), kStsVersion);
  Encoder encoder(form);
  std::visit([&](const auto& members) { visit_members(members, encoder); }, call);
  return form;
}

std::string action_in(std::string_view form) { return value_of(read_form(form), "Action"); }

Result<StsCall> decode_call(std::string_view form) {
  const auto parameters = read_form(form);
  const auto action = value_of(parameters, "Action");
  const auto version = value_of(parameters, "Version");
  if (action.empty()) {
    return Error{Error::Kind::kInvalid, "MissingAction", "The request must contain the parameter Action"};
  }
  auto call = empty_call(action);
  if (!call || version != kStsVersion) {
    return Error{Error::Kind::kInvalid, "InvalidAction",
                 fmt::format("Could not find operation {} for version {}", escape_for_log(action, 64),
                             version.empty() ? "NO_VERSION_SPECIFIED" : escape_for_log(version, 32))};
  }
  Decoder decoder(parameters);
  std::visit([&](auto& members) { visit_members(members, decoder); }, *call);
  if (!decoder.violations().empty()) {
    return decoder.violations().error();
  }
  return *std::move(call);
}

}  // namespace understudy::aws
