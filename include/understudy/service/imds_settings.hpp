#pragma once

#include <optional>
#include <string>
#include <vector>

#include "understudy/base/node.hpp"
#include "understudy/metadata/instance.hpp"
#include "understudy/metadata/instance_leaves.hpp"

namespace understudy::service {

/// Ways of other imitations, for clients that were tested against those. As it is: those of an instance.
struct ImdsManners {
  // Pages behind an error's status, as HTML; absent: what instances send.
  std::optional<std::string> not_found;       ///< 404
  std::optional<std::string> unauthorized;    ///< 401
  std::optional<std::string> bad_token_life;  ///< 400, where a token is asked for with a life that it can not have.
  std::string bad_request;                    ///< 400, as text, where a request's head is not HTTP's.
  bool refuses_dead_tokens = false;           ///< A token's life of 0 seconds is a 400, not a token that has ended.
  bool lists_latest_alone = false;            ///< `/` names no version but `latest`.
  std::vector<std::string> announced;         ///< `meta-data/spot/instance-action`: listed before it is there.
  bool has_termination_time = false;          ///< `spot/termination-time` is there for `stop` and `hibernate`, too.

  bool operator==(const ImdsManners&) const = default;
};

/// What the configuration says of the instance metadata service.
struct ImdsSettings {
  std::string role;                      ///< Its key; empty: an instance without a role, whose `iam/` is 404.
  bool tokens_required = true;           ///< false answers IMDSv1 too.
  std::optional<std::string> role_name;  ///< What `iam/security-credentials/` lists; absent: the name in the ARN.
  bool is_enabled = true;                ///< false: the service answers everything with 403, as AWS's when it is off.
  bool extended_credentials = false;     ///< `iam/security-credentials-extended` is there, too.
  int hop_limit = 1;                     ///< IP TTL of the answer that carries a token, 1..64.
  metadata::InstanceSettings instance;
  metadata::PathOverrides paths;  ///< Over what the instance gives.
  ImdsManners manners;            ///< No key says it: it is for commands that stand in for something else.

  bool operator==(const ImdsSettings&) const = default;
};

/// Reads the map behind `imds`:
///
///     imds: {enabled: true, role: app, tokens: required, role_name: app, extended_credentials: false, hop_limit: 1,
///            instance: {type: m7g.large},
///            paths: {meta-data/kernel-id: aki-0123456789abcdef0, meta-data/system: null}}
///
/// Whether the role exists is for the caller to check.
[[nodiscard]] ImdsSettings read_imds_settings(const Node& node, std::vector<Problem>& problems);

/// `{meta-data/kernel-id: aki-0123456789abcdef0, meta-data/system: null}`; nullptr is none.
[[nodiscard]] metadata::PathOverrides read_paths(const Node* node, std::vector<Problem>& problems);

}  // namespace understudy::service
