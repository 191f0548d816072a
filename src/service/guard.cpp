#include "understudy/service/guard.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>

#include "understudy/base/address_range.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"
#include "understudy/source/upstream.hpp"

namespace understudy::service {
namespace {

bool comes_from_another_site(std::string_view fetch_site) {
  return equal_ignoring_case(fetch_site, "cross-site") || equal_ignoring_case(fetch_site, "same-site");
}

std::string reason(Rule rule, const Request& request) {
  const auto shown = [&](std::string_view name) {
    return escape_for_log(request.headers.get(name).value_or(std::string_view()), 80);
  };
  switch (rule) {
    case Rule::kHost:
      return fmt::format(
          "its Host \"{}\" is neither an IP address, localhost nor a name without a dot; if that name is meant to "
          "reach "
          "this server, add it to the configuration's hosts: [..]",
          shown("Host"));
    case Rule::kOrigin:
      return fmt::format(
          "it has an Origin (\"{}\"), so a script in a browser sent it; browsers are never served, use an AWS SDK or "
          "curl",
          shown("Origin"));
    case Rule::kFetchSite:
      return fmt::format(
          "its Sec-Fetch-Site is \"{}\", so a page of another site sent it; browsers are served only what is typed "
          "into "
          "the address bar",
          shown("Sec-Fetch-Site"));
    case Rule::kForwarded:
      return "it has X-Forwarded-For, so a proxy sent it on, which instances refuse too; let the client ask directly "
             "(NO_PROXY has to name this address)";
    default:
      throw std::logic_error("not a rule of the guard");
  }
}

/// `*.team.internal` is any one label before the rest, as clients read it in a certificate.
bool is_meant(std::string_view pattern, std::string_view name) {
  if (!pattern.starts_with("*.") || pattern.find('.', 2) == std::string_view::npos) {
    return equal_ignoring_case(pattern, name);
  }
  const auto label = std::min(name.find('.'), name.size());
  return label > 0 && equal_ignoring_case(pattern.substr(1), name.substr(label));
}

}  // namespace

std::optional<std::string_view> without_port(std::string_view host) {
  const auto end = host.starts_with('[') ? host.find(']') + 1 : std::min(host.find(':'), host.size());
  const auto rest = host.substr(end);
  const bool well_formed = end > 0 && (rest.empty() || (rest.starts_with(':') && parse_decimal(rest.substr(1))));
  return well_formed ? std::optional(host.substr(0, end)) : std::nullopt;
}

bool is_allowed_host(std::string_view host, const std::vector<std::string>& hosts) {
  const auto name = without_port(host);
  if (!name) {
    return false;
  }
  if (name->starts_with('[')) {
    return is_ip(AF_INET6, name->substr(1, name->size() - 2));
  }
  return is_word(*name, "-_") || is_ip(AF_INET, *name) ||
         std::ranges::any_of(hosts, [&](const std::string& each) { return is_meant(each, *name); });
}

std::optional<Rule> refusing_rule(const Request& request, const GuardRules& rules) {
  std::optional<Rule> first;
  const auto refuse = [&](Rule rule) { first = std::min(first.value_or(rule), rule); };
  for (const auto& [name, value] : request.headers) {
    if (equal_ignoring_case(name, "Host")) {
      if (!is_allowed_host(value, rules.hosts)) {
        refuse(Rule::kHost);
      }
    } else if (equal_ignoring_case(name, "Origin")) {
      refuse(Rule::kOrigin);
    } else if (equal_ignoring_case(name, "Sec-Fetch-Site")) {
      if (comes_from_another_site(value)) {
        refuse(Rule::kFetchSite);
      }
    } else if (rules.refuse_forwarded && equal_ignoring_case(name, "X-Forwarded-For")) {
      refuse(Rule::kForwarded);
    }
  }
  return first;
}

std::optional<Response> Guard::answer_to_itself(const Request& request) const {
  const auto mark = request.headers.get(source::kViaHeader);
  if (!mark || rules_.via.empty() || *mark != rules_.via) {
    return std::nullopt;
  }
  Response response;
  response.status = source::kLoopStatus;
  response.headers.add(source::kViaHeader, rules_.via);
  return response;
}

bool Guard::refuses(const Request& request) const {
  const auto rule = refusing_rule(request, rules_);
  if (rule) {
    refusals_.note(*rule, request.peer.address, [&] { return reason(*rule, request); });
  }
  return rule.has_value();
}

}  // namespace understudy::service
