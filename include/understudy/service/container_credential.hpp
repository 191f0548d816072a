#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/secret.hpp"
#include "understudy/source/role.hpp"

namespace understudy::service {

/// One set of credentials as the endpoint serves it: ContainerCredentialSettings with the role found and the token
/// read.
struct ContainerCredential {
  std::string id;               ///< `app`: `/v2/credentials/app` and `/v1/credentials?id=app`.
  std::string path;             ///< A further path, such as `/creds`; empty: none.
  source::Role* role;           ///< Never nullptr.
  std::optional<Secret> token;  ///< What `Authorization` has to be; absent: it is not looked at.
};

/// The code of the error that a role of the configuration is for pods alone: associations of Pod Identity name it, and
/// nothing that gives roles to containers does.
inline constexpr std::string_view kRoleOfPods = "RoleOfPods";

/// The roles that an entry serves without a token. One may be there twice.
[[nodiscard]] std::vector<source::Role*> open_roles(const std::vector<ContainerCredential>& credentials);

/// The roles that entries serve, and each of those entries for a token. Each once, by its first entry's place.
[[nodiscard]] std::vector<source::Role*> guarded_roles(const std::vector<ContainerCredential>& credentials);

}  // namespace understudy::service
