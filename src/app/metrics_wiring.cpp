#include "understudy/app/metrics_wiring.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "understudy/aws/sts_action_names.hpp"
#include "understudy/service/role_credentials.hpp"

namespace understudy::app {
namespace {

using service::Rule;
using Type = Metrics::Type;

/// A rule of an endpoint in the words of the labels.
struct RuleWord {
  Rule rule;
  std::string_view word;
};
/// Why an endpoint answers by 403 before it looks at what is asked for.
constexpr std::array kGuardRules{RuleWord{Rule::kHost, "host"}, RuleWord{Rule::kOrigin, "origin"},
                                 RuleWord{Rule::kFetchSite, "fetch_site"}, RuleWord{Rule::kForwarded, "forwarded"}};
/// Whatever stands for who asks.
constexpr std::array kTokenRules{RuleWord{Rule::kTokenRequired, "missing"}, RuleWord{Rule::kTokenInvalid, "invalid"},
                                 RuleWord{Rule::kAuthorization, "authorization"},
                                 RuleWord{Rule::kAssociation, "association"}, RuleWord{Rule::kCaller, "caller"}};
/// More than there may be.
constexpr std::array kLimitRules{RuleWord{Rule::kNewRole, "new_role"}, RuleWord{Rule::kRate, "rate"}};
static_assert(kGuardRules.size() + kTokenRules.size() + kLimitRules.size() == service::kRuleCount);

double in_seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

template <std::size_t kCount>
void put_rules(MetricWriter& out, const service::RefusalLog& refusals, std::string_view label,
               const std::array<RuleWord, kCount>& rules) {
  for (const auto& [rule, word] : rules) {
    out.put({{"endpoint", refusals.endpoint()}, {label, word}}, refusals.count(rule));
  }
}

void add_requests(Metrics& metrics, const Measured& measured) {
  metrics.add("understudy_requests_total", Type::kCounter, "Requests answered, by the class of their status.",
              [traffic = measured.traffic](MetricWriter& out) {
                for (const auto& each : traffic()) {
                  for (std::size_t i = 0; i < each.answers.size(); ++i) {
                    out.put({{"endpoint", each.listener}, {"code", http::Traffic::kClasses.at(i)}}, each.answers.at(i));
                  }
                }
              });
  metrics.add(
      "understudy_refused_requests_total", Type::kCounter,
      "Requests refused before anybody looked at what they ask for: by their form, or by who may have sent them.",
      [traffic = measured.traffic, refusals = measured.refusals](MetricWriter& out) {
        for (const auto& each : traffic()) {
          for (std::size_t i = 0; i < each.refused.size(); ++i) {
            out.put({{"endpoint", each.listener}, {"reason", http::Traffic::kCauses.at(i).word}}, each.refused.at(i));
          }
          out.put({{"endpoint", each.listener}, {"reason", "outside"}}, each.turned_away);
        }
        for (const auto* const each : refusals()) {
          put_rules(out, *each, "reason", kGuardRules);
        }
      });
}

void add_refusals(Metrics& metrics, const Measured& measured) {
  const auto add = [&](std::string_view name, std::string_view help, const auto& rules) {
    metrics.add(name, Type::kCounter, help, [refusals = measured.refusals, &rules](MetricWriter& out) {
      for (const auto* const each : refusals()) {
        put_rules(out, *each, "reason", rules);
      }
    });
  };
  add("understudy_token_failures_total",
      "Requests whose token is missing, not good or not of the credentials that they ask for.", kTokenRules);
  add("understudy_limited_requests_total",
      "Requests for what there had been too much of: roles on demand that nobody had asked for before, or requests of "
      "one caller for one path.",
      kLimitRules);
}

void add_durations(Metrics& metrics, const Measured& measured) {
  metrics.add("understudy_request_duration_seconds", Type::kHistogram,
              "Time from a request's last byte to its answer, without requests refused by their form.",
              [traffic = measured.traffic](MetricWriter& out) {
                for (const auto& each : traffic()) {
                  out.put({{"endpoint", each.listener}}, each.latency);
                }
              });
}

void add_connections(Metrics& metrics, const Measured& measured) {
  const auto add = [&](std::string_view name, Type type, std::string_view help, std::uint64_t http::Traffic::* field) {
    metrics.add(name, type, help, [traffic = measured.traffic, field](MetricWriter& out) {
      for (const auto& each : traffic()) {
        out.put({{"endpoint", each.listener}}, each.*field);
      }
    });
  };
  add("understudy_connections_total", Type::kCounter, "Connections accepted.", &http::Traffic::accepted);
  add("understudy_open_connections", Type::kGauge, "Connections that are open.", &http::Traffic::open);
  add("understudy_evictions_total", Type::kCounter,
      "Connections that were closed to make room for newer ones, or for want of file descriptors or memory.",
      &http::Traffic::evicted);
}

/// Tells `value` of each role that has credentials.
void add_role_time(Metrics& metrics, const Measured& measured, std::string_view name, std::string_view help,
                   std::optional<double> (*value)(const source::RoleState& state, BootTime now)) {
  metrics.add(name, Type::kGauge, help, [&roles = measured.shown, &clock = measured.clock, value](MetricWriter& out) {
    for (const auto* const role : roles.all()) {
      const auto state = role->state();
      if (const auto time = state->credentials ? value(*state, clock.boot()) : std::nullopt) {
        out.put({{"role", role->key()}}, *time);
      }
    }
  });
}

void add_roles(Metrics& metrics, const Measured& measured) {
  metrics.add("understudy_role_ready", Type::kGauge,
              "1 where a role that endpoints serve has credentials that are good, else 0.",
              [&roles = measured.shown, served = measured.served, &clock = measured.clock](MetricWriter& out) {
                for (const auto& key : served) {
                  const auto* const role = roles.find(key);
                  const bool is_good =
                      role != nullptr && service::standing_of(*role->state(), clock.boot()) == service::Standing::kGood;
                  out.put({{"role", key}}, std::uint64_t{is_good ? 1U : 0U});
                }
              });
  metrics.add("understudy_refreshes_total", Type::kCounter,
              "Fetches of a role's credentials, by their outcome: success, or the kind of error.",
              [&registry = measured.fetched](MetricWriter& out) {
                for (const auto* const role : registry.all()) {
                  out.put({{"role", role->key()}}, registry.find(role->key())->flights());
                }
              });
  add_role_time(
      metrics, measured, "understudy_credentials_age_seconds", "Since when a role has its credentials.",
      [](const source::RoleState& state, BootTime now) { return std::optional(in_seconds(now - state.got_at)); });
  add_role_time(metrics, measured, "understudy_credentials_expiry_seconds",
                "How long a role's credentials are good; below 0 where they have ended.",
                [](const source::RoleState& state, BootTime now) {
                  return state.ends ? std::optional(in_seconds(*state.ends - now)) : std::nullopt;
                });
}

void add_sts(Metrics& metrics, const Measured& measured) {
  metrics.add("understudy_sts_calls_total", Type::kCounter,
              "Calls to STS, tries of one call together, by their outcome: success, or the kind of error.",
              [&sts = measured.sts](MetricWriter& out) {
                for (std::size_t i = 0; i < aws::kStsActionCount; ++i) {
                  out.put({{"action", aws::sts_action_at(i)}}, sts.calls(i));
                }
              });
}

void add_configuration(Metrics& metrics, const Measured& measured) {
  metrics.add("understudy_config_reloads_total", Type::kCounter,
              "Configurations that were read while it served, by what became of them: served or refused.",
              [&record = measured.record](MetricWriter& out) {
                const auto facts = record.facts();
                out.put({{"outcome", "served"}}, facts.reloads);
                out.put({{"outcome", "refused"}}, facts.refusals);
              });
  metrics.add("understudy_config_current", Type::kGauge,
              "1 where the configuration that was read last is served, 0 where it was refused.",
              [&record = measured.record](MetricWriter& out) {
                out.put({}, std::uint64_t{record.facts().is_current ? 1U : 0U});
              });
  metrics.add("understudy_config_read_time_seconds", Type::kGauge,
              "When the configuration that is served was read, in seconds since 1970.",
              [&record = measured.record](MetricWriter& out) {
                out.put({}, in_seconds(record.facts().read.time_since_epoch()));
              });
}

void add_process(Metrics& metrics, const Measured& measured) {
  metrics.add("process_start_time_seconds", Type::kGauge, "When the server started, in seconds since 1970.",
              [started = in_seconds(measured.started.time_since_epoch())](MetricWriter& out) { out.put({}, started); });
  metrics.add("understudy_build_info", Type::kGauge, "Always 1; the label says which understudy this is.",
              [](MetricWriter& out) { out.put({{"version", UNDERSTUDY_VERSION}}, std::uint64_t{1}); });
}

struct Sum {
  std::uint64_t all = 0;
  std::uint64_t failed = 0;
  void add(const OutcomeCounts& counts) {
    for (std::size_t i = 0; i < OutcomeCounts::kNames.size(); ++i) {
      all += counts.value(i);
      failed += i > 0 ? counts.value(i) : 0;
    }
  }
};

Response figures(const Measured& measured) {
  Sum requests;
  std::uint64_t refused = 0;
  std::uint64_t open = 0;
  for (const auto& each : measured.traffic()) {
    for (const auto count : each.answers) {
      requests.all += count;
    }
    requests.failed += each.answers.back();
    for (const auto count : each.refused) {
      refused += count;
    }
    refused += each.turned_away;
    open += each.open;
  }
  for (const auto* const each : measured.refusals()) {
    for (std::size_t rule = 0; rule < service::kRuleCount; ++rule) {
      refused += each->count(static_cast<Rule>(rule));
    }
  }
  Sum refreshes;
  for (const auto* const role : measured.fetched.all()) {
    refreshes.add(measured.fetched.find(role->key())->flights());
  }
  Sum calls;
  for (std::size_t i = 0; i < aws::kStsActionCount; ++i) {
    calls.add(measured.sts.calls(i));
  }
  return service::admin_json(200, {{"requests", requests.all},
                                   {"failed_requests", requests.failed},
                                   {"refused_requests", refused},
                                   {"open_connections", open},
                                   {"refreshes", refreshes.all},
                                   {"failed_refreshes", refreshes.failed},
                                   {"sts_calls", calls.all},
                                   {"failed_sts_calls", calls.failed}});
}

Response exposition(const Metrics& metrics) {
  Response response;
  response.status = 200;
  response.headers.add("Content-Type", Metrics::kContentType);
  response.body = metrics.text();
  return response;
}

}  // namespace

Metrics metrics_of(const Measured& measured) {
  Metrics metrics;
  add_requests(metrics, measured);
  add_refusals(metrics, measured);
  add_durations(metrics, measured);
  add_connections(metrics, measured);
  add_roles(metrics, measured);
  add_sts(metrics, measured);
  add_configuration(metrics, measured);
  add_process(metrics, measured);
  return metrics;
}

std::vector<service::AdminRoute> metrics_routes(const Measured& measured) {
  return {{"GET", "metrics", [metrics = metrics_of(measured)](const nlohmann::json&) { return exposition(metrics); }},
          {"GET", "v1/figures", [measured](const nlohmann::json&) { return figures(measured); }}};
}

}  // namespace understudy::app
