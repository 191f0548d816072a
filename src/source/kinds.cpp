#include "understudy/source/assume_role.hpp"
#include "understudy/source/environment_keys.hpp"
#include "understudy/source/federation_token.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/process.hpp"
#include "understudy/source/login_session.hpp"
#include "understudy/source/profile.hpp"
#include "understudy/source/saml.hpp"
#include "understudy/source/roles_anywhere.hpp"
#include "understudy/source/static_keys.hpp"
#include "understudy/source/web_identity.hpp"

namespace understudy::source {

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      static_keys_kind(), environment_keys_kind(), profile_kind(), process_kind(),
      assume_role_kind(), web_identity_kind(),     saml_kind(),    federation_token_kind(),
      static_keys_kind(),
      environment_keys_kind(),
      profile_kind(),
      assume_role_kind(),
      login_session_kind(),
      roles_anywhere_kind(),
  };
  return all;
}

}  // namespace understudy::source
