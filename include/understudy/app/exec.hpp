#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/environment.hpp"
#include "understudy/base/secret.hpp"

/// What `understudy exec -- CMD` gives the command it starts. Pure.
namespace understudy::app {

/// What every SDK's chain looks at before the container and instance endpoints, or in another place than we answer.
inline constexpr std::array<std::string_view, 16> kVariablesThatWin{"AWS_ACCESS_KEY_ID",
                                                                    "AWS_SECRET_ACCESS_KEY",
                                                                    "AWS_SESSION_TOKEN",
                                                                    "AWS_SECURITY_TOKEN",
                                                                    "AWS_ACCESS_KEY",
                                                                    "AWS_SECRET_KEY",
                                                                    "AWS_CREDENTIAL_EXPIRATION",
                                                                    "AWS_CREDENTIAL_FILE",
                                                                    "AWS_ACCOUNT_ID",
                                                                    "AWS_PROFILE",
                                                                    "AWS_DEFAULT_PROFILE",
                                                                    "AWS_WEB_IDENTITY_TOKEN_FILE",
                                                                    "AWS_ROLE_ARN",
                                                                    "AWS_ROLE_SESSION_NAME",
                                                                    "AWS_EC2_METADATA_DISABLED",
                                                                    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"};

/// Where the command finds us.
struct ExecEndpoints {
  std::string credentials_url;  ///< `http://127.0.0.1:41234/v2/credentials/app`; a literal loopback address.
  Secret token;                 ///< What that URL wants in `Authorization`.
  std::string token_file;       ///< A file that holds the same, without a newline.
  std::string imds_url;         ///< `http://127.0.0.1:41235`; empty: none is offered.
  std::string sts_url;          ///< `http://127.0.0.1:41236` where STS is embedded, else empty.
  std::string region;           ///< Empty: what the command's environment says stays.
  std::string shared_file;      ///< A file with the text of `shared_file_text`.
};

/// The command's environment: ours with the variables of the container endpoint, of IMDS, the region and the embedded
/// STS set; without what would win over them (`kVariablesThatWin`, other `AWS_CONTAINER_*`); with both shared files,
/// and boto 2's that boto3 still reads, pointing at one that holds the region only; with `NO_PROXY` and `no_proxy`
/// covering us; and without `UNDERSTUDY_ROLES_*`, which may be the very keys that the role is played with. The token is
/// set as a value too, beside the file: clients before 2024 know only that one. Where a client prefers one of the two
/// (Java the value, others the file) it gets the same.
[[nodiscard]] std::map<std::string, std::string, std::less<>> child_environment(const Environment& environment,
                                                                                const ExecEndpoints& endpoints);

/// `[default]` and the region, a config and a credentials file at once; a region that is empty is left out.
[[nodiscard]] std::string shared_file_text(std::string_view region);

/// `existing` with those of `hosts` that it does not name yet, joined by commas. `*` stays as it is.
[[nodiscard]] std::string extended_no_proxy(std::string_view existing, const std::vector<std::string>& hosts);

}  // namespace understudy::app
