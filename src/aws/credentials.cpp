#include "understudy/aws/credentials.hpp"

namespace understudy::aws {

std::string masked_key_id(const Credentials& credentials) {
  const auto& id = credentials.access_key_id;
  return id.size() < 8 ? std::string("...") : "..." + id.substr(id.size() - 4);
}

}  // namespace understudy::aws
