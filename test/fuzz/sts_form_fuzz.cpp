// STS's calls: one that is read can be written, and reads as the same call; the limits' check takes any.

#include "fuzz/check.hpp"
#include "understudy/aws/sts.hpp"
#include "understudy/aws/sts_limits.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace aws = understudy::aws;
  const auto form = as_text(data, size);
  const auto call = aws::decode_call(form);
  if (!call) {
    require(!call.error().code.empty() && is_showable(call.error().message));
    return 0;
  }
  require(aws::action_of(*call) == aws::action_in(form));
  const auto again = aws::decode_call(aws::encode_call(*call));
  require(again && *again == *call);
  const auto checked = aws::check(*call);
  require(checked || is_showable(checked.error().message));
  return 0;
}
