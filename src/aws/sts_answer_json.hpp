#pragma once

#include <string>
#include <string_view>

#include "sts_answer_table.hpp"

namespace understudy::aws {

/// STS's JSON for one that asks by `Accept: application/json`:
/// `{"GetCallerIdentityResponse":{"GetCallerIdentityResult":
/// {"Account":..},"ResponseMetadata":{"RequestId":..}}}`, an Expiration as seconds since 1970.
/// Source: what aws-iam-authenticator reads (pkg/token/token.go). REQUIRES: `shape` is the action's.
[[nodiscard]] std::string json_answer(const AnswerShape& shape, const StsAnswer& answer, std::string_view request_id);

/// `{"Error":{"Code":..,"Message":..,"Type":"Sender"},"RequestId":..}` (as aws-sdk-java, issue 2413, shows it).
[[nodiscard]] std::string json_error(const Error& error, std::string_view type, std::string_view request_id);

}  // namespace understudy::aws
