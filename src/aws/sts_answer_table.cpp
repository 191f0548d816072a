#include "sts_answer_table.hpp"

#include <algorithm>
#include <array>

namespace understudy::aws {
namespace {

constexpr std::array kAssumedRole = {
    AnswerElement{"AssumedRoleUser", "AssumedRoleId", &StsAnswer::user_id},
    AnswerElement{"AssumedRoleUser", "Arn", &StsAnswer::arn},
    AnswerElement{"", "SourceIdentity", &StsAnswer::source_identity},
};
constexpr std::array kWebIdentity = {
    AnswerElement{"AssumedRoleUser", "AssumedRoleId", &StsAnswer::user_id},
    AnswerElement{"AssumedRoleUser", "Arn", &StsAnswer::arn},
    AnswerElement{"", "SubjectFromWebIdentityToken", &StsAnswer::subject},
    AnswerElement{"", "Audience", &StsAnswer::audience},
    AnswerElement{"", "Provider", &StsAnswer::provider},
    AnswerElement{"", "SourceIdentity", &StsAnswer::source_identity},
};
constexpr std::array kSaml = {
    AnswerElement{"AssumedRoleUser", "AssumedRoleId", &StsAnswer::user_id},
    AnswerElement{"AssumedRoleUser", "Arn", &StsAnswer::arn},
    AnswerElement{"", "Subject", &StsAnswer::subject},
    AnswerElement{"", "SubjectType", &StsAnswer::subject_type},
    AnswerElement{"", "Issuer", &StsAnswer::issuer},
    AnswerElement{"", "Audience", &StsAnswer::audience},
    AnswerElement{"", "NameQualifier", &StsAnswer::name_qualifier},
    AnswerElement{"", "SourceIdentity", &StsAnswer::source_identity},
};
constexpr std::array kFederated = {
    AnswerElement{"FederatedUser", "FederatedUserId", &StsAnswer::user_id},
    AnswerElement{"FederatedUser", "Arn", &StsAnswer::arn},
};
constexpr std::array kCaller = {
    AnswerElement{"", "Arn", &StsAnswer::arn, true},
    AnswerElement{"", "UserId", &StsAnswer::user_id, true},
    AnswerElement{"", "Account", &StsAnswer::account, true},
};
constexpr std::array kKeyInfo = {AnswerElement{"", "Account", &StsAnswer::account, true}};
constexpr std::array kDecoded = {AnswerElement{"", "DecodedMessage", &StsAnswer::decoded_message, true}};

constexpr std::array kShapes = {
    AnswerShape{"AssumeRole", true, kAssumedRole},       AnswerShape{"AssumeRoleWithWebIdentity", true, kWebIdentity},
    AnswerShape{"AssumeRoleWithSAML", true, kSaml},      AnswerShape{"GetSessionToken", true, {}},
    AnswerShape{"GetFederationToken", true, kFederated}, AnswerShape{"GetCallerIdentity", false, kCaller},
    AnswerShape{"GetAccessKeyInfo", false, kKeyInfo},    AnswerShape{"DecodeAuthorizationMessage", false, kDecoded},
};

}  // namespace

const AnswerShape* find_answer_shape(std::string_view action) {
  const auto* found = std::ranges::find(kShapes, action, &AnswerShape::action);
  return found == kShapes.end() ? nullptr : found;
}

}  // namespace understudy::aws
