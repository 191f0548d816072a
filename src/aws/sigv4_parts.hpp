#pragma once

#include <string>
#include <string_view>

#include "understudy/aws/sigv4.hpp"

/// What signatures by a secret and by a certificate's key have in common. Defined in sigv4.cpp.
namespace understudy::aws {

[[nodiscard]] CredentialScope scope_of(WallTime time, std::string_view region, std::string_view service);

[[nodiscard]] std::string string_to_sign(std::string_view algorithm, std::string_view canonical_request,
                                         const CredentialScope& scope, WallTime time);

/// The value of `Authorization`; `id` stands before the scope.
[[nodiscard]] std::string authorization(std::string_view algorithm, std::string_view id, const CredentialScope& scope,
                                        const SignedHeaders& names, const SignatureSteps& steps);

/// Takes off what an earlier signature added. REQUIRES: exactly one `Host`, else std::logic_error.
void remove_signature(Request& request);

}  // namespace understudy::aws
