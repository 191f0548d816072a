#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/aws/sigv4.hpp"
#include "understudy/base/message.hpp"

/// The canonical form of a request, the first step of Signature Version 4 (docs.aws.amazon.com, "Create a signed AWS
/// API request", step 1), one function a part. Pure; thread-safe.
namespace understudy::aws {

/// What the path is signed as. Takes `.` and `..` segments out and folds repeated slashes, then percent-encodes the
/// bytes as they were sent, so that `%3A` becomes `%253A`. For the service `s3` the path stays as it is.
///
///     canonical_path("/a//./b/../c d", "sts") == "/a/c%20d"
///
/// A slash at the end stays; one that only a `.` or `..` at the end implies is not added (as botocore and the AWS CRT).
[[nodiscard]] std::string canonical_path(std::string_view path, std::string_view service);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

/// The decoded pairs of a query without its `?`, in order. `a` and `a=` are both {"a", ""}; empty parts (`&&`) are left
/// out. `+` is a plus, as in the AWS CRT: a URL's blank is `%20`.
[[nodiscard]] QueryParameters parse_query(std::string_view query);

/// Encoded pairs sorted by name, then by value: `b=2&a=%20` becomes `a=%20&b=2`.
[[nodiscard]] std::string canonical_query(const QueryParameters& parameters);

/// Which headers a signer puts into the signature: all but those that proxies and HTTP libraries change on the way
/// (connection, expect, keep-alive, proxy-*, te, trailer, transfer-encoding, upgrade, user-agent, x-amzn-trace-id) and
/// Authorization itself.
[[nodiscard]] SignedHeaders headers_to_sign(const Headers& headers);

/// One line `name:value\n` a name: values trimmed, every run of blanks in them (tabs and folded lines, and inside
/// quotes too) one space, fields of one name joined by `,` in their order. A name that the request lacks has no value.
/// REQUIRES: `names` is sorted.
[[nodiscard]] std::string canonical_headers(const Headers& headers, const SignedHeaders& names);

/// Path and query of a target in origin form: `/a?b=c` is {"/a", "b=c"}.
[[nodiscard]] std::pair<std::string_view, std::string_view> split_target(std::string_view target);

/// All parts, with the SHA-256 of the body. `X-Amz-Signature` in the query is left out where `presigned`, because it
/// can not sign itself.
[[nodiscard]] std::string canonical_request(const Request& request, const SignedHeaders& names,
                                            std::string_view service, bool presigned);

}  // namespace understudy::aws
