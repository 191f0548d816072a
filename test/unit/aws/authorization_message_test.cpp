#include "understudy/aws/authorization_message.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

TEST_CASE("the message is found alone and in the errors of the tools that show it") {
  for (const auto* text : {
           "4y3dJq-_Z9",
           "  4y3dJq-_Z9\r\n",
           "4y3d\n  Jq-_\n  Z9\n",
           "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized "
           "to "
           "perform this operation. Encoded authorization failure message: 4y3dJq-_Z9",
           "Error: creating EC2 Instance: UnauthorizedOperation: You are not authorized to perform this operation. "
           "Encoded authorization failure message: 4y3dJq-_Z9\n\tstatus code: 403, request id: 0f8fad5b",
           "ENCODED AUTHORIZATION FAILURE MESSAGE:\n  4y3dJq-_Z9 (Service: Ec2, Status Code: 403)",
           R"({"errorMessage": "No. Encoded authorization failure message: 4y3dJq-_Z9"})",
           "Encoded authorization failure message: 4y3dJq-_Z9. Encoded authorization failure message: another",
       }) {
    CAPTURE(text);
    const auto found = find_encoded_message(text);
    REQUIRE(found.has_value());
    CHECK(*found == "4y3dJq-_Z9");
  }
  CHECK(*find_encoded_message("a+b/c==") == "a+b/c==");
}

TEST_CASE("a text without a message is told from one") {
  for (const auto* text : {"", " \n", "You are not authorized to perform this operation.", "{\"a\":1}",
                           "Encoded authorization failure message: ", "Encoded authorization failure message: \"x\""}) {
    CAPTURE(text);
    const auto found = find_encoded_message(text);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == "NoEncodedMessage");
  }
}

TEST_CASE("a decoded message is indented, and its members keep their order") {
  CHECK(indent_decoded_message(R"({"allowed":false,"actions":{"items":[]},"a":"\u00e4"})") ==
        "{\n"
        "    \"allowed\": false,\n"
        "    \"actions\": {\n"
        "        \"items\": []\n"
        "    },\n"
        "    \"a\": \"\xC3\xA4\"\n"
        "}");
  CHECK(indent_decoded_message("no JSON {") == "no JSON {");
  const auto deep = std::string(100'000, '[') + std::string(100'000, ']');
  CHECK((indent_decoded_message(deep) == deep));
}

}  // namespace
}  // namespace understudy::aws
