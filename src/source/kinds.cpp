#include "understudy/source/assume_role.hpp"
#include "understudy/source/environment_keys.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/profile.hpp"
#include "understudy/source/static_keys.hpp"

namespace understudy::source {

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      static_keys_kind(),
      environment_keys_kind(),
      profile_kind(),
      assume_role_kind(),
  };
  return all;
}

}  // namespace understudy::source
