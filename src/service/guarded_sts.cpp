#include "understudy/service/guarded_sts.hpp"

#include "sts_request_id.hpp"
#include "understudy/aws/sts.hpp"

namespace understudy::service {

Answer GuardedSts::answer(const Request& request, Patience patience) {
  if (auto loop = guard_.answer_to_itself(request)) {
    return *std::move(loop);
  }
  if (guard_.refuses(request)) {
    return aws::render_error(403,
                             {Error::Kind::kDenied, "AccessDenied",
                              "This server does not answer requests from browsers or for names of others; its log says "
                              "which rule refused this one and how to change it."},
                             new_sts_request_id(), aws::wanted_form(request));
  }
  return sts_.answer(request, patience);
}

}  // namespace understudy::service
