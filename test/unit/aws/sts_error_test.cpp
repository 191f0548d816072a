#include <string>
#include <vector>

#include "understudy/aws/sts.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

using Kind = Error::Kind;

TEST_CASE("each code has its kind") {
  struct Row {
    int status;
    std::string code;
    Kind kind;
    std::string read_as;
  };
  const std::vector<Row> rows = {
      {403, "ExpiredToken", Kind::kExpired, "ExpiredToken"},
      {400, "ExpiredTokenException", Kind::kExpired, "ExpiredToken"},
      {400, "IDPCommunicationError", Kind::kUnavailable, "IDPCommunicationError"},
      {400, "InvalidIdentityToken", Kind::kDenied, "InvalidIdentityToken"},
      {403, "AccessDenied", Kind::kDenied, "AccessDenied"},
      {400, "AccessDeniedException", Kind::kDenied, "AccessDenied"},
      {403, "IDPRejectedClaim", Kind::kDenied, "IDPRejectedClaim"},
      {403, "RegionDisabledException", Kind::kDenied, "RegionDisabled"},
      {403, "InvalidClientTokenId", Kind::kDenied, "InvalidClientTokenId"},
      {403, "SignatureDoesNotMatch", Kind::kDenied, "SignatureDoesNotMatch"},
      {400, "MalformedPolicyDocument", Kind::kDenied, "MalformedPolicyDocument"},
      {400, "PackedPolicyTooLarge", Kind::kDenied, "PackedPolicyTooLarge"},
      {400, "ValidationError", Kind::kDenied, "ValidationError"},
      {400, "MissingParameter", Kind::kDenied, "MissingParameter"},
      {400, "Throttling", Kind::kThrottled, "Throttling"},
      {400, "ThrottlingException", Kind::kThrottled, "Throttling"},
      {503, "RequestLimitExceeded", Kind::kThrottled, "RequestLimitExceeded"},
      {429, "Whatever", Kind::kThrottled, "Whatever"},
      {500, "InternalFailure", Kind::kUnavailable, "InternalFailure"},
      {503, "ServiceUnavailable", Kind::kUnavailable, "ServiceUnavailable"},
      {502, "Strange", Kind::kUnavailable, "Strange"},
      {418, "Strange", Kind::kDenied, "Strange"},
      {403, "Exception", Kind::kDenied, "Exception"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.code);
    const auto response = render_error(row.status, {Kind::kInvalid, row.code, "because <a> & b"}, "id");
    CHECK(response.status == row.status);
    const auto error = parse_error(response);
    CHECK(error.kind == row.kind);
    CHECK(error.code == row.read_as);
    CHECK(error.message == "because <a> & b");
  }
}

TEST_CASE("an error's XML is STS's") {
  const auto response = render_error(403, {Kind::kDenied, "AccessDenied", "No."}, "id-1");
  CHECK(response.body.view() ==
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n<Error><Type>Sender</Type>"
        "<Code>AccessDenied</Code><Message>No.</Message></Error>\n<RequestId>id-1</RequestId>\n</ErrorResponse>\n");
  CHECK(render_error(500, {Kind::kUnavailable, "InternalFailure", ""}, "x").body.view().find("<Type>Receiver") !=
        std::string_view::npos);
}

TEST_CASE("an error in JSON has the same parts, and is read back") {
  const auto response = render_error(403, {Kind::kDenied, "AccessDenied", "Not \"you\"."}, "id-1", AnswerForm::kJson);
  CHECK(response.headers.get("content-type") == "application/json");
  CHECK(response.body.view() ==
        R"({"Error":{"Code":"AccessDenied","Message":"Not \"you\".","Type":"Sender"},"RequestId":"id-1"})"
        "\n");
  const auto error = parse_error(response);
  CHECK(error.code == "AccessDenied");
  CHECK(error.message == "Not \"you\".");
}

TEST_CASE("what XML can not carry does not spoil an answer") {
  const auto response = render_error(400,
                                     {Kind::kInvalid, "ValidationError",
                                      "a\x01"
                                      "b\r\n\tc\xff"
                                      "d\xC3\xA4\"'<>&"},
                                     "id");
  CHECK(response.body.view().find("a?b&#13;\n\tc\xEF\xBF\xBD"
                                  "d\xC3\xA4&quot;&#39;&lt;&gt;&amp;") != std::string_view::npos);
  CHECK(parse_error(response).message ==
        "a?b\r\n\tc\xEF\xBF\xBD"
        "d\xC3\xA4\"'<>&");
}

TEST_CASE("errors in the forms of others are understood") {
  const std::vector<std::string> bodies = {
      "<Response><Errors><Error><Code>AccessDenied</Code><Message>No.</Message></Error></Errors></Response>",
      "<ErrorResponse><Errors><Error><Code>AccessDenied</Code><Message>No.</Message></Error></Errors></ErrorResponse>",
      "<s:ErrorResponse xmlns:s='x'><s:Error><s:Message>No.</s:Message><s:Code>\nAccessDenied </s:Code></s:Error>"
      "</s:ErrorResponse>",
      R"({"Error":{"Code":"AccessDenied","Message":"No.","Type":"Sender"},"RequestId":"x"})",
      R"({"__type":"com.amazonaws.sts#AccessDeniedException","message":"No."})",
      R"({"code":"AccessDeniedException:http://internal.amazon.com/","Message":"No."})",
  };
  for (const auto& body : bodies) {
    CAPTURE(body);
    CHECK((parse_error({403, {}, body, {}}) == Error{Kind::kDenied, "AccessDenied", "No."}));
  }
}

TEST_CASE("an answer without a reason is judged by its status") {
  struct Row {
    int status;
    Kind kind;
  };
  for (const auto& row : {Row{302, Kind::kUnavailable}, Row{400, Kind::kDenied}, Row{401, Kind::kDenied},
                          Row{403, Kind::kDenied}, Row{408, Kind::kUnavailable}, Row{429, Kind::kThrottled},
                          Row{500, Kind::kUnavailable}, Row{504, Kind::kUnavailable}}) {
    CAPTURE(row.status);
    const auto error = parse_error({row.status, {}, "", {}});
    CHECK(error.kind == row.kind);
    CHECK(error.code == "Http" + std::to_string(row.status));
    CHECK(error.message.find(std::to_string(row.status)) != std::string::npos);
  }
}

TEST_CASE("a text that is no error of STS's says nothing of the role, whatever its status") {
  for (const int status : {302, 400, 401, 403, 404, 407, 500}) {
    for (const std::string body : {"<html>no</html>", "{", "{}", "<ErrorResponse/>", "[[[["}) {
      CAPTURE(status);
      CAPTURE(body);
      const auto error = parse_error({status, {}, body, {}});
      CHECK(error.kind == Kind::kUnavailable);
      CHECK(error.code == "Http" + std::to_string(status));
      CHECK(error.message.find("proxy") != std::string::npos);
    }
  }
  CHECK(parse_error({429, {}, "<html>slow down</html>", {}}).kind == Kind::kThrottled);
}

TEST_CASE("a code that is no word, and a message without end, are not taken over") {
  const auto strange = parse_error({400, {}, R"({"Error":{"Code":"a\r\nb: c","Message":"x"}})", {}});
  CHECK(strange.code == "Http400");
  const auto endless = parse_error({400, {}, "{\"code\":\"A\",\"message\":\"" + std::string(5000, 'x') + "\"}", {}});
  CHECK(endless.message.size() == 1024);
  const auto cut =
      parse_error({400, {}, "{\"code\":\"A\",\"message\":\"" + std::string(1023, 'x') + "\xC3\xA4\"}", {}});
  CHECK(cut.message == std::string(1023, 'x') + "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace understudy::aws
