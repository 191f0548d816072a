#pragma once

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"
#include "understudy/service/guard.hpp"
#include "understudy/service/refusal_log.hpp"

namespace understudy::service {

/// The embedded STS as its listener has it: browsers, and names that somebody else may own, are refused before anything
/// else of the request is looked at, with 403 and STS's `AccessDenied`, in XML or, for who accepts that alone, JSON:
///
///     <ErrorResponse ..><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>This server does not answer ..
///
/// This process's own calls of the STS come by no socket and have no guard. Thread-safe as `sts` is.
class GuardedSts final : public Handler {
 public:
  /// REQUIRES: the references outlive this.
  GuardedSts(Handler& sts, GuardRules guard, const Clock& clock, Log& log)
      : sts_(sts), refusals_("sts", clock, log), guard_(std::move(guard), refusals_) {}

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;

  [[nodiscard]] const RefusalLog& refusals() const { return refusals_; }

 private:
  Handler& sts_;
  RefusalLog refusals_;
  Guard guard_;
};

}  // namespace understudy::service
