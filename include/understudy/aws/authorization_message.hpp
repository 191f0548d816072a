#pragma once

#include <string>
#include <string_view>

#include "understudy/base/result.hpp"

/// The encoded messages by which EC2 and others say why they refuse, and what STS's DecodeAuthorizationMessage makes of
/// them (docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html). Pure; thread-safe.
namespace understudy::aws {

/// The encoded message in what a person has: itself, maybe broken into lines, or the whole error around it:
/// `.. (UnauthorizedOperation) .. Encoded authorization failure message: 4y3dJq-..`. Of several the first.
/// kInvalid (`NoEncodedMessage`) where there is none.
[[nodiscard]] Result<std::string> find_encoded_message(std::string_view text);

/// A decoded message as indented JSON, its members in their order, without a newline at the end; a text that is no JSON
/// as it is.
[[nodiscard]] std::string indent_decoded_message(std::string_view message);

}  // namespace understudy::aws
