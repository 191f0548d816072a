#include "understudy/aws/saml.hpp"

#include <string>
#include <vector>

#include "understudy/base/crypto.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

const WallTime kNow = *parse_iso8601("2026-11-20T12:00:00Z");
const std::string kRole = "arn:aws:iam::111122223333:role/app";
const std::string kProvider = "arn:aws:iam::111122223333:saml-provider/idp";

std::string attribute(const std::string& name, const std::string& value) {
  return "<saml:Attribute Name=\"https://aws.amazon.com/SAML/Attributes/" + name + "\"><saml:AttributeValue>" + value +
         "</saml:AttributeValue></saml:Attribute>";
}

/// The pieces of a response, for a test to spoil one.
struct Pieces {
  std::string issuer = "<saml:Issuer>https://idp.example.com/</saml:Issuer>";
  std::string name_id =
      "<saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">jane</saml:NameID>";
  std::string confirmation =
      "<saml:SubjectConfirmation><saml:SubjectConfirmationData NotOnOrAfter=\"2026-11-20T12:05:00Z\" "
      "Recipient=\"https://signin.aws.amazon.com/saml\"/></saml:SubjectConfirmation>";
  std::string conditions =
      "<saml:Conditions NotBefore=\"2026-11-20T11:59:00Z\" NotOnOrAfter=\"2026-11-20T12:30:00.000Z\">"
      "<saml:AudienceRestriction><saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction>"
      "</saml:Conditions>";
  std::string attributes = attribute("Role", kRole + "," + kProvider) +
                           attribute("RoleSessionName", "jane@example.com") + attribute("SessionDuration", "7200");

  [[nodiscard]] std::string xml() const {
    return "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" "
           "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><saml:Issuer>outer</saml:Issuer><saml:Assertion>" +
           issuer + "<saml:Subject>" + name_id + confirmation + "</saml:Subject>" + conditions +
           "<saml:AttributeStatement>" + attributes + "</saml:AttributeStatement></saml:Assertion></samlp:Response>";
  }
};

TEST_CASE("an assertion's statements are read") {
  const auto read = read_saml_assertion(base64(Pieces().xml()), kNow);
  REQUIRE(read.has_value());
  CHECK(read->issuer == "https://idp.example.com/");
  CHECK(read->subject == "jane");
  CHECK(read->subject_type == "persistent");
  CHECK(read->audience == "https://signin.aws.amazon.com/saml");
  CHECK(read->role_session_name == "jane@example.com");
  CHECK(read->session_duration == std::chrono::hours(2));
  CHECK(read->roles == std::vector<std::pair<std::string, std::string>>{{kRole, kProvider}});
}

TEST_CASE("what identity providers vary makes no difference") {
  Pieces pieces;
  pieces.attributes = attribute("Role", " " + kProvider + " , " + kRole + " ") + attribute("RoleSessionName", "jane");
  pieces.confirmation = "";
  pieces.name_id =
      "<saml:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">j@x.org</saml:NameID>";
  auto text = base64(pieces.xml());
  for (std::size_t i = 60; i < text.size(); i += 62) {
    text.insert(i, "\r\n");
  }
  const auto read = read_saml_assertion(text, kNow);
  REQUIRE(read.has_value());
  CHECK(read->roles == std::vector<std::pair<std::string, std::string>>{{kRole, kProvider}});
  CHECK(read->audience == "urn:amazon:webservices");
  CHECK(read->subject_type == "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress");
  CHECK_FALSE(read->session_duration.has_value());
}

TEST_CASE("a subject of no format is of SAML's unspecified one") {
  for (const char* const format : {"", " Format=\"\"", " Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:\""}) {
    CAPTURE(format);
    Pieces pieces;
    pieces.name_id = "<saml:NameID" + std::string(format) + ">jane</saml:NameID>";
    const auto read = read_saml_assertion(base64(pieces.xml()), kNow);
    REQUIRE(read.has_value());
    CHECK(read->subject_type == "urn:oasis:names:tc:SAML:1.0:nameid-format:unspecified");
  }
}

TEST_CASE("what lacks a statement is refused") {
  struct Row {
    std::string Pieces::* piece;
    std::string with;
    std::string message;
  };
  const std::vector<Row> rows = {
      {&Pieces::issuer, "", "Issuer is required"},
      {&Pieces::name_id, "", "NameID is required"},
      {&Pieces::attributes, attribute("Role", kRole + "," + kProvider), "RoleSessionName is required"},
      {&Pieces::attributes, attribute("RoleSessionName", "jane"), "Role is required"},
      {&Pieces::attributes, attribute("RoleSessionName", "jane") + attribute("Role", kRole), "Role is required"},
      {&Pieces::conditions, "<saml:Conditions NotOnOrAfter=\"later\"/>", "can not be read"},
      {&Pieces::conditions, "<saml:Conditions NotBefore=\"2026-11-20T12:05:01Z\"/>", "not valid yet"},
      {&Pieces::issuer, "</saml:Assertion>", "not well-formed"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.message);
    Pieces pieces;
    pieces.*row.piece = row.with;
    const auto outcome = read_saml_assertion(base64(pieces.xml()), kNow);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().code == "InvalidIdentityToken");
    CHECK(outcome.error().message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("an assertion ends with its conditions or its confirmation") {
  Pieces pieces;
  CHECK(read_saml_assertion(base64(pieces.xml()), *parse_iso8601("2026-11-20T12:05:00Z")).error().code ==
        "ExpiredTokenException");
  pieces.confirmation = "";
  CHECK(read_saml_assertion(base64(pieces.xml()), *parse_iso8601("2026-11-20T12:29:59Z")).has_value());
  const auto ended = read_saml_assertion(base64(pieces.xml()), *parse_iso8601("2026-11-20T12:30:00Z"));
  REQUIRE_FALSE(ended.has_value());
  CHECK(ended.error().kind == Error::Kind::kExpired);
}

TEST_CASE("what is no SAML response at all is refused") {
  for (const std::string text : {"***", "abc", ""}) {
    CHECK_FALSE(read_saml_assertion(text, kNow).has_value());
  }
  for (const std::string xml : {"", "x", "<a/>", "<Response/>", "<Response><EncryptedAssertion/></Response>"}) {
    CAPTURE(xml);
    const auto outcome = read_saml_assertion(base64(xml), kNow);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().code == "InvalidIdentityToken");
  }
}

}  // namespace
}  // namespace understudy::aws
