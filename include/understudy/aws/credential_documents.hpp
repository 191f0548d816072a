#pragma once

#include <memory>
#include <string>

#include "understudy/aws/credentials.hpp"

namespace understudy::aws {

/// The JSON bodies in which AWS's endpoints hand out credentials, written without a JSON library so that a secret is
/// copied no more often than needed. Field order, spacing and times are the wire's (IMDS: captured on Nitro instances;
/// ECS: amazon-ecs-agent 1.105; Pod Identity: eks-pod-identity-agent 0.1.37). None ends in a newline.
/// REQUIRES: `credentials.is_temporary()`.

/// IMDS, `iam/security-credentials/<role>`: two-space indent, `"Key" : value`.
[[nodiscard]] std::string render_imds_document(const Credentials& credentials);
/// IMDS, `iam/security-credentials-extended/<role>`: the same, and behind it AccountId where it is known.
[[nodiscard]] std::string render_imds_extended_document(const Credentials& credentials);
/// ECS: RoleArn, AccessKeyId, SecretAccessKey, Token, Expiration on one line.
[[nodiscard]] std::string render_ecs_document(const Credentials& credentials);
/// EKS Pod Identity: AccessKeyId, SecretAccessKey, Token, AccountId, Expiration on one line.
[[nodiscard]] std::string render_pod_identity_document(const Credentials& credentials);

/// credential_process output, version 1; permanent keys are allowed here (no SessionToken, no Expiration).
[[nodiscard]] std::string render_process_document(const Credentials& credentials);

/// The bodies of one generation of credentials, shared by every answer until the next. Wiped when the last one goes.
struct CredentialDocuments {
  std::shared_ptr<const std::string> imds;
  std::shared_ptr<const std::string> imds_extended;
  std::shared_ptr<const std::string> ecs;
  std::shared_ptr<const std::string> pod_identity;
};
[[nodiscard]] CredentialDocuments render_documents(const Credentials& credentials);

}  // namespace understudy::aws
