#include "understudy/service/embedded_sts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sts_actions.hpp"
#include "sts_authentication.hpp"
#include "sts_request_id.hpp"
#include "understudy/aws/canonical_request.hpp"
#include "understudy/aws/partition.hpp"
#include "understudy/aws/sts_limits.hpp"
#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

int error_status(const Error& error) {
  constexpr std::array<std::string_view, 5> kForbidden = {"AccessDenied", "ExpiredToken", "InvalidClientTokenId",
                                                          "MissingAuthenticationToken", "SignatureDoesNotMatch"};
  return std::ranges::find(kForbidden, error.code) != kForbidden.end() ? 403 : 400;
}

/// The parameters, wherever they stand: a query's count too when the form is posted.
std::string form_of(const Request& request) {
  const std::string query(aws::split_target(request.target).second);
  return request.method == "POST" && !request.body.empty() ? request.body + "&" + query : query;
}

Response method_not_allowed(std::string_view request_id, aws::AnswerForm form) {
  auto response =
      aws::render_error(405, {Error::Kind::kInvalid, "UnsupportedMethod", "STS takes GET and POST."}, request_id, form);
  response.headers.set("Allow", "GET, POST");
  return response;
}

}  // namespace

EmbeddedSts::EmbeddedSts(EmbeddedStsSettings settings, const Clock& clock, Log& log)
    : settings_(std::move(settings)), clock_(clock), log_(log), sealer_(settings_.seal_key) {
  for (auto& user : std::exchange(settings_.users, {})) {
    if (const auto added = add_user(std::move(user)); !added) {
      log_.warn("{} The embedded STS ignores the second.", added.error().message);
    }
  }
}

Result<void> EmbeddedSts::add_user(StsUser user) {
  if (user.account.empty()) {
    user.account = settings_.default_account;
  }
  const auto [known, is_new] = users_.try_emplace(user.access_key_id, user);
  if (!is_new && known->second.secret_access_key != user.secret_access_key) {
    aws::Credentials key;
    key.access_key_id = user.access_key_id;
    return Error{Error::Kind::kInvalid, "DuplicateKey",
                 fmt::format("The access key id {} stands twice with different secrets, as \"{}\" and as \"{}\": leave "
                             "one of them out.",
                             aws::masked_key_id(key), known->second.name, user.name)};
  }
  return {};
}

std::uint64_t EmbeddedSts::calls(std::string_view action) const {
  const auto index = aws::action_index(action);
  return index ? calls_[*index].load(std::memory_order_relaxed) : 0;
}

void EmbeddedSts::count(std::string_view action) {
  if (const auto index = aws::action_index(action)) {
    calls_[*index].fetch_add(1, std::memory_order_relaxed);
  }
}

Answer EmbeddedSts::answer(const Request& request, Patience) {
  const auto request_id = new_sts_request_id();
  const auto in_form = aws::wanted_form(request);
  if (aws::split_target(request.target).first != "/") {
    return aws::render_error(404, {Error::Kind::kNotFound, "UnknownOperationException", "STS answers at / alone."},
                             request_id, in_form);
  }
  if (request.method != "GET" && request.method != "POST") {
    return method_not_allowed(request_id, in_form);
  }
  const auto form = form_of(request);
  const auto action = aws::action_in(form);
  count(action);
  const auto outcome = perform(request, form, action);
  return outcome ? aws::render_answer(action, *outcome, request_id, in_form)
                 : aws::render_error(error_status(outcome.error()), outcome.error(), request_id, in_form);
}

Result<aws::StsAnswer> EmbeddedSts::perform(const Request& request, const std::string& form, std::string_view action) {
  const auto now = clock_.wall();
  const auto call = aws::decode_call(form);
  if (!call && call.error().code != "ValidationError") {
    return call.error();
  }
  StsIdentity caller;
  if (aws::needs_signature(action)) {
    // Before what is wrong with the parameters: a stranger learns nothing of them, as with real STS.
    const StsVerifier verifier{users_, sealer_, settings_.region, aws::partition_of_region(settings_.region).name};
    auto verified = verifier.verify(request, now);
    if (!verified) {
      return std::move(verified).error();
    }
    caller = *std::move(verified);
  }
  if (!call) {
    return call.error();
  }
  if (const auto in_limits = aws::check(*call); !in_limits) {
    return in_limits.error();
  }
  return act(*call, caller, now);
}

Result<aws::StsAnswer> EmbeddedSts::act(const aws::StsCall& call, const StsIdentity& caller, WallTime now) {
  const StsActions actions{settings_.trust, users_, sealer_, now};
  auto decision = std::visit([&](const auto& members) { return actions(members, caller); }, call);
  if (decision) {
    return *std::move(decision);
  }
  const auto& [error, reason] = decision.error();
  if (!reason.empty()) {
    log_.warn("embedded STS refused {} ({}): {}", aws::action_of(call), error.code, escape_for_log(reason, 1024));
  }
  return error;
}

}  // namespace understudy::service
