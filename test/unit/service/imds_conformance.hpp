#pragma once

#include <map>
#include <string>
#include <vector>

#include "imds_stage.hpp"
#include "understudy/config/yaml.hpp"

#include <doctest/doctest.h>

/// Tables of what instances answer: a row is a request and the whole of its answer. Every header counts, so a row fails
/// by a header too many as by one that is missing; Date and Content-Length are the server's and not to be seen here.
namespace understudy::service {

/// What a request brings along beside its target.
enum class With {
  kNothing,
  kToken,           ///< A good one.
  kDeadToken,       ///< One that was given for 0 seconds.
  kGarbage,         ///< 56 characters that no service gave.
  kTwoTokens,       ///< A good one, twice.
  kForwarded,       ///< X-Forwarded-For, as proxies add it.
  kTokenForwarded,  ///< A good token and X-Forwarded-For.
};

/// An answer, as rows write it: `value("t3.micro")`, `page()`, `nothing(401)`.
struct Reply {
  int status = 200;
  std::string type = "text/plain";
  std::string body;
  std::string allow;
};

/// A leaf's value or a listing.
inline Reply value(std::string body) { return {200, "text/plain", std::move(body), {}}; }
inline Reply bytes(std::string body) { return {200, "application/octet-stream", std::move(body), {}}; }
inline Reply nothing(int status) { return {status, "text/plain", {}, {}}; }
inline Reply allow(int status, std::string methods) { return {status, "text/plain", {}, std::move(methods)}; }
/// What is not there.
inline Reply page() {
  return {404,
          "text/html",
          "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n"
          "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n"
          "\t\t \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
          "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n"
          " <head>\n  <title>404 - Not Found</title>\n </head>\n"
          " <body>\n  <h1>404 - Not Found</h1>\n </body>\n</html>\n",
          {}};
}

struct Row {
  const char* method;
  std::string target;
  With with;
  Reply reply;
};

/// A ImdsStage's start, and when its role's credentials were got.
inline constexpr const char* kStarted = "Fri, 20 Nov 2026 23:37:24 GMT";

inline Headers headers_of(ImdsStage& stage, With with) {
  switch (with) {
    case With::kToken:
      return {{kTokenHeader, stage.token()}};
    case With::kDeadToken:
      return {{kTokenHeader, stage.token("0")}};
    case With::kGarbage:
      return {{kTokenHeader, std::string(54, 'A') + "=="}};
    case With::kTwoTokens: {
      const auto token = stage.token();
      return {{kTokenHeader, token}, {kTokenHeader, token}};
    }
    case With::kForwarded:
      return {{"X-Forwarded-For", "203.0.113.9"}};
    case With::kTokenForwarded:
      return {{kTokenHeader, stage.token()}, {"X-Forwarded-For", "203.0.113.9"}};
    case With::kNothing:
      break;
  }
  return {};
}

inline std::map<std::string, std::string> expected_headers(const Row& row) {
  std::map<std::string, std::string> headers{{"Content-Type", row.reply.type}, {"Server", "EC2ws"}};
  if (!row.reply.allow.empty()) {
    headers["Allow"] = row.reply.allow;
  } else if (row.reply.status == 200) {
    headers["Accept-Ranges"] = "none";
    headers["Last-Modified"] = kStarted;
  }
  // A token counts where it was looked at: not by who refuses before, nor at the path that gives tokens.
  if (row.with == With::kToken && row.reply.status != 401 && row.reply.status != 405) {
    headers["X-Aws-Ec2-Metadata-Token-Ttl-Seconds"] = "21600";
  }
  return headers;
}

inline void check_reply(const Response& response, const Row& row) {
  CAPTURE(row.method);
  CAPTURE(row.target);
  CAPTURE(static_cast<int>(row.with));
  CHECK(response.status == row.reply.status);
  CHECK(response.body.view() == row.reply.body);
  std::map<std::string, std::string> headers;
  for (const auto& [name, text] : response.headers) {
    CHECK(headers.emplace(name, text).second);
  }
  CHECK(headers == expected_headers(row));
}

inline void check_rows(ImdsStage& stage, const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    check_reply(stage.ask(request_of(row.method, row.target, headers_of(stage, row.with))), row);
  }
}

/// `imds`, as the configuration writes it.
inline ImdsSettings settings_of(const std::string& yaml) {
  std::vector<Problem> problems;
  auto settings = read_imds_settings(config::parse_yaml(yaml).value(), problems);
  REQUIRE(problems.empty());
  return settings;
}

}  // namespace understudy::service
