#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

#include "understudy/app/profile_report.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/url.hpp"

namespace understudy::app {
namespace {

using source::ProfilePlan;
using Row = std::array<std::string, 3>;

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestText = 2048;

/// Where a plan starts, in words.
struct StartInWords {
  std::string operator()(const ProfilePlan::Keys& start) const { return "keys " + masked_key_id(start.keys); }
  std::string operator()(const ProfilePlan::FromEnvironment&) const { return "keys in the environment"; }
  std::string operator()(const ProfilePlan::FromContainer&) const { return "the container endpoint"; }
  std::string operator()(const ProfilePlan::FromInstance&) const { return "the instance's role"; }
  std::string operator()(const source::WebIdentitySource::Settings& start) const {
    return fmt::format("web identity of {} as role {}", start.token.file, start.call.role_arn);
  }
  std::string operator()(const source::SsoSource::Settings& start) const {
    return fmt::format("IAM Identity Center: role {} in account {}, log-in at {}", start.role_name, start.account_id,
                       without_user_info(start.start_url));
  }
  std::string operator()(const source::LoginSessionSource::Settings& start) const {
    return "aws login as " + start.login_session;
  }
  std::string operator()(const source::ProcessSource::Settings&) const { return "what its credential_process prints"; }
};

std::string way_in_words(const ProfilePlan& plan, std::string_view profile) {
  auto words = std::visit(StartInWords{}, plan.start);
  if (plan.start_profile != profile) {
    words += " of profile " + plan.start_profile;
  }
  for (const auto& step : plan.steps) {
    words += ", then role " + step.call.role_arn + (step.call.serial_number.empty() ? "" : " with an MFA code");
  }
  return words;
}

std::string way_in_words(const aws::SharedConfig& shared, std::string_view profile) {
  const auto way = way_of(shared, profile);
  const auto words = way ? way_in_words(*way, profile) : fmt::format("! {}: {}", way.error().code, way.error().message);
  return escape_for_log(words, kLongestText);
}

std::string file_line(const ProfileReport::File& file) {
  using FileState = ProfileReport::File::State;
  const auto note = file.state == FileState::kRead     ? ""
                    : file.state == FileState::kAbsent ? " (not there)"
                                                       : " (can not be read)";
  return escape_for_log(file.path, kLongestText) + note + "\n";
}

std::string property_text(std::string_view key, std::string_view value) {
  return value.empty() ? "(empty)" : escape_for_log(shown_value(key, value).value_or("(not shown)"), kLongestText);
}

/// The last column is not padded.
std::string aligned(const std::vector<Row>& rows) {
  std::array<std::size_t, 2> widths{};
  for (const auto& row : rows) {
    for (std::size_t column = 0; column < widths.size(); ++column) {
      widths.at(column) = std::max(widths.at(column), row.at(column).size());
    }
  }
  std::string out;
  for (const auto& row : rows) {
    out += fmt::format("{:<{}}  {:<{}}  {}\n", row[0], widths[0], row[1], widths[1], row[2]);
  }
  return out;
}

}  // namespace

std::string profiles_text(const ProfileReport& report) {
  const auto files = file_line(report.config) + file_line(report.credentials);
  if (report.shared.profiles().empty()) {
    return files + "\nThere are no profiles in them.\n";
  }
  std::vector<Row> rows{{"  PROFILE", "REGION", "CREDENTIALS"}};
  for (const auto& [name, group] : report.shared.profiles()) {
    const auto region = group.get("region");
    rows.push_back({(name == report.selected ? "* " : "  ") + escape_for_log(name, kLongestName),
                    region ? property_text("region", *region) : "-", way_in_words(report.shared, name)});
  }
  return files + "\n" + aligned(rows);
}

std::string profile_text(const ProfileReport& report, std::string_view profile) {
  std::vector<Row> rows;
  for (const auto& [key, property] : report.shared.profile(profile)->properties) {
    const auto place = escape_for_log(fmt::format("{}:{}", property.file, property.line), kLongestText);
    if (property.nested.empty()) {
      rows.push_back({"  " + key, place, property_text(key, property.value)});
    }
    for (const auto& [inner, value] : property.nested) {
      rows.push_back({fmt::format("  {}.{}", key, inner), place, property_text(inner, value)});
    }
  }
  return fmt::format("{}: {}\n{}", escape_for_log(profile, kLongestName), way_in_words(report.shared, profile),
                     aligned(rows));
}

}  // namespace understudy::app
