#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/message.hpp"
#include "understudy/service/refusal_log.hpp"

namespace understudy::service {

/// Who may ask at all, whatever they ask for: browsers and proxies must not be talked into asking for somebody else.
struct GuardRules {
  std::vector<std::string> hosts;  ///< Further names that `Host` may have: the configuration's `hosts`.
  bool refuse_forwarded = true;    ///< IMDS and admin: `X-Forwarded-For` in any letter case is refused.
  std::string via;                 ///< This process's mark (source::kViaHeader); empty: loops are not looked for.
};

/// The first rule that refuses the request, in this order: `Host` (allowed: any IP literal, `localhost`, a name without
/// a dot, those in `hosts`; each with or without a port), any `Origin`, `Sec-Fetch-Site: cross-site` or `same-site`,
/// `X-Forwarded-For`. A request without `Host` comes from no browser and passes. Pure, thread-safe.
[[nodiscard]] std::optional<Rule> refusing_rule(const Request& request, const GuardRules& rules);

/// True for `127.0.0.1:80`, `[::1]`, `localhost:1338`, `metadata`; false for `evil.com`, `169.254.169.254.evil.com`,
/// and for what is no host at all. `hosts` compare without regard to case; `*.team.internal`, of a certificate, is any
/// one label before the rest.
[[nodiscard]] bool is_allowed_host(std::string_view host, const std::vector<std::string>& hosts);

/// `host[:port]` without its port, an IPv6 address still in its brackets; nullopt where something else stands behind
/// the host.
[[nodiscard]] std::optional<std::string_view> without_port(std::string_view host);

/// The rules with their log: an endpoint asks it before anything else.
class Guard {
 public:
  /// REQUIRES: `refusals` outlives this.
  Guard(GuardRules rules, RefusalLog& refusals) : rules_(std::move(rules)), refusals_(refusals) {}

  /// The answer to a request that this process itself sent, as its own upstream; asked before `refuses`.
  [[nodiscard]] std::optional<Response> answer_to_itself(const Request& request) const;
  /// True where the request must be answered by 403; the operator has been told why and what to change. Thread-safe.
  [[nodiscard]] bool refuses(const Request& request) const;

 private:
  GuardRules rules_;
  RefusalLog& refusals_;
};

}  // namespace understudy::service
