#include "understudy/source/assume_role.hpp"
#include "understudy/source/container_endpoint.hpp"
#include "understudy/source/default_chain.hpp"
#include "understudy/source/environment_keys.hpp"
#include "understudy/source/federation_token.hpp"
#include "understudy/source/instance_endpoint.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/login_session.hpp"
#include "understudy/source/process.hpp"
#include "understudy/source/profile.hpp"
#include "understudy/source/roles_anywhere.hpp"
#include "understudy/source/saml.hpp"
#include "understudy/source/session_token.hpp"
#include "understudy/source/sso.hpp"
#include "understudy/source/static_keys.hpp"
#include "understudy/source/web_identity.hpp"

namespace understudy::source {

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      static_keys_kind(),         // keys in the configuration
      environment_keys_kind(),    // keys in the environment
      profile_kind(),             // whatever a profile says
      default_chain_kind(),       // whatever the AWS CLI would take
      process_kind(),             // what a command prints
      assume_role_kind(),         // AssumeRole
      web_identity_kind(),        // AssumeRoleWithWebIdentity
      saml_kind(),                // AssumeRoleWithSAML
      session_token_kind(),       // GetSessionToken
      federation_token_kind(),    // GetFederationToken
      sso_kind(),                 // IAM Identity Center
      login_session_kind(),       // a session of aws login
      roles_anywhere_kind(),      // a certificate
      container_endpoint_kind(),  // another endpoint of ECS's kind
      instance_endpoint_kind(),   // another instance metadata service
  };
  return all;
}

}  // namespace understudy::source
