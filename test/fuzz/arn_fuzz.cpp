// An ARN that is read is written as it stood; a role's has an account and a name.

#include "fuzz/check.hpp"
#include "understudy/aws/access_key.hpp"
#include "understudy/aws/arn.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace aws = understudy::aws;
  const auto text = as_text(data, size);
  const auto arn = aws::parse_arn(text);
  const auto role = aws::parse_role_arn(text);
  if (arn) {
    require(arn->to_string() == text && !arn->partition.empty() && !arn->service.empty() && !arn->resource.empty());
    require(aws::is_role(*arn) == role.has_value());
  } else {
    require(!role && arn.error().code == "InvalidArn" && is_showable(arn.error().message));
  }
  if (role) {
    const auto name = aws::role_name(*role);
    require(!name.empty() && name.find('/') == name.npos && aws::is_account_id(role->account));
    require(role->resource.starts_with("role/") && role->resource.ends_with(name));
    require(aws::parse_arn(aws::assumed_role_arn(*role, "session").to_string()).has_value());
  }
  if (const auto account = aws::account_of_access_key_id(text)) {
    require(aws::is_account_id(*account) && text.size() == 20);
    // Of the key's 79 bits that follow the set one, the first 40 are the account.
    const auto again = aws::make_access_key_id(text.substr(0, 4), *account, std::string(5, '\0'));
    require(again.substr(0, 11) == text.substr(0, 11));
  }
  return 0;
}
