#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "understudy/aws/credentials.hpp"
#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/secret.hpp"

/// Tokens by which an EKS cluster learns from STS who its caller is, and the document in which kubectl takes them.
/// Pure; thread-safe. Source: awscli, customizations/eks/get_token.py; aws-iam-authenticator, pkg/token/token.go;
/// kubernetes.io, "Client Authentication (v1)".
namespace understudy::aws {

/// What the authenticator takes at most, in bytes.
inline constexpr std::size_t kLongestEksToken = 4096;

struct EksToken {
  Secret token;  ///< `k8s-aws-v1.aHR0cHM6Ly9zdHMu..`
  /// When a new one should be asked for: 14 of the 15 minutes that STS takes such a URL, whatever its X-Amz-Expires
  /// says; or the end of the credentials, where that is earlier.
  WallTime expires{};
};

/// `k8s-aws-v1.` and, in base64url without padding, a presigned GetCallerIdentity: a GET at `endpoint` with
/// X-Amz-Expires=60, good only with the header `x-k8s-aws-id: CLUSTER`. Byte for byte what `aws eks get-token` makes
/// of the same credentials at the same second. No call is made.
/// REQUIRES: is_cluster_name(cluster).
[[nodiscard]] EksToken make_eks_token(const StsEndpoint& endpoint, const Credentials& credentials,
                                      std::string_view cluster, WallTime now);

/// A cluster's name or id: 1 to 100 letters, digits, `-` and `_`, the first a letter or digit.
[[nodiscard]] bool is_cluster_name(std::string_view text);

/// Which version of the document a client wants, by the text of its KUBERNETES_EXEC_INFO.
struct ExecCredentialVersion {
  std::string_view api_version = "client.authentication.k8s.io/v1beta1";
  std::string_view warning;  ///< A sentence for the person; empty: all is well.
};

/// v1, v1beta1 and v1alpha1 as they are wanted, v1alpha1 with a warning, for clients drop it. v1beta1 where there is
/// none (clients before 1.20), and, with a warning, for any other or one that can not be read.
[[nodiscard]] ExecCredentialVersion exec_credential_version(std::optional<std::string_view> exec_info);

/// `{"kind":"ExecCredential","apiVersion":..,"spec":{},"status":{"expirationTimestamp":..,"token":..}}` on one line.
[[nodiscard]] std::string render_exec_credential(const EksToken& token, std::string_view api_version);

}  // namespace understudy::aws
