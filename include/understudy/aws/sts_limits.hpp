#pragma once

#include "understudy/aws/sts.hpp"
#include "understudy/base/result.hpp"

namespace understudy::aws {

/// What STS demands of a call's parameters by themselves: lengths, patterns, counts, durations, and that policies are
/// JSON. What hangs on the role or the caller (a role's maximum duration, chains) is not here. Pure; thread-safe.
///
/// kInvalid with STS's code and wording: `ValidationError`
/// (`1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy
/// regular expression pattern: [\w+=,.@-]*`; several are joined with `; `), `MalformedPolicyDocument`,
/// `PackedPolicyTooLarge` (policy and policy ARNs together over 2048 characters), `InvalidParameterValue` (a tag key
/// twice, whatever the case). Values of tokens and assertions are never repeated in a message.
/// Lengths count Unicode code points. An external id may be shorter than STS's two characters. Source: botocore's
/// service model and messages of real STS.
Result<void> check(const StsCall& call);

}  // namespace understudy::aws
