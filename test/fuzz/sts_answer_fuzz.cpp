// What STS, or what takes itself for it, answers: the first line is the action, the rest the body. An answer that is
// whole can be written in both forms and reads as the same again; anything else is an error with a code.

#include "fuzz/check.hpp"
#include "understudy/aws/sts.hpp"

namespace {

namespace aws = understudy::aws;

understudy::Response response(int status, std::string_view body) { return {status, {}, {body}, {}, {}}; }

bool has_its_credentials(const aws::StsAnswer& answer) {
  const auto& keys = answer.credentials;
  return !keys || (!keys->access_key_id.empty() && !keys->secret_access_key.empty() && keys->is_temporary());
}

void hold_for(std::string_view action, const aws::StsAnswer& answer, aws::AnswerForm form) {
  const auto again = aws::parse_answer(action, aws::render_answer(action, answer, "an-id", form));
  require(again && again->credentials.has_value() == answer.credentials.has_value());
  require(again->arn.empty() == answer.arn.empty() && again->account == answer.account);
  require(again->packed_policy_size == answer.packed_policy_size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto body = as_text(data, size);
  const auto action = take_until(body, '\n');
  if (const auto answer = aws::parse_answer(action, response(200, body))) {
    require(aws::action_index(action).has_value() && has_its_credentials(*answer));
    hold_for(action, *answer, aws::AnswerForm::kXml);
    hold_for(action, *answer, aws::AnswerForm::kJson);
  } else {
    require(answer.error().code == "BadAnswer");
  }
  for (const int status : {301, 400, 403, 503}) {
    const auto error = aws::parse_error(response(status, body));
    require(!error.code.empty() && !error.message.empty());
    const auto again = aws::parse_error(aws::render_error(status, error, "an-id"));
    require(again.code == error.code || error.code.ends_with("Exception"));
  }
  return 0;
}
