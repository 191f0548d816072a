// STS's calls: one that is read and within the limits can be written, and reads as the same call.

#include "fuzz/check.hpp"
#include "understudy/aws/sts.hpp"
#include "understudy/aws/sts_limits.hpp"

namespace {

/// As STS's own, the messages repeat values with all that is in them.
void hold_for(const understudy::Error& error) { require(!error.code.empty() && !error.message.empty()); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace aws = understudy::aws;
  const auto form = as_text(data, size);
  const auto call = aws::decode_call(form);
  if (!call) {
    hold_for(call.error());
    return 0;
  }
  require(aws::action_of(*call) == aws::action_in(form));
  const auto checked = aws::check(*call);
  if (!checked) {
    hold_for(checked.error());
    return 0;
  }
  const auto again = aws::decode_call(aws::encode_call(*call));
  require(again && *again == *call);
  return 0;
}
