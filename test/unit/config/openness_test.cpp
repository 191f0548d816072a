#include "understudy/config/openness.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "trees.hpp"

#include <doctest/doctest.h>

namespace understudy::config {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<Problem> problems;
  std::vector<Problem> warnings;
  const auto config = read_config(tree_of(text), problems, warnings);
  REQUIRE(problems.empty());
  return open_listeners(config);
}

const std::string kRoles = "sts: {endpoint: embedded}\nroles: {app: {environment: true}, audit: {environment: true}}\n";
const std::string kNoToken = "containers: {credentials: {app: {role: app}}}\n";

TEST_CASE("the loopback, link-local addresses and Unix sockets are not open") {
  for (const auto* address :
       {"127.0.0.1:80", "127.1.2.3:80", "\"[::1]:80\"", "169.254.170.2:80", "169.254.169.254:80", "\"[fe80::1]:80\"",
        "\"[fd00:ec2::23]:80\"", "unix:/run/containers.sock", "\"[::ffff:127.0.0.1]:80\""}) {
    CAPTURE(address);
    CHECK(lines_of("listen: {containers: " + std::string(address) + "}\n" + kRoles + kNoToken).empty());
  }
}

TEST_CASE("any other address is, and the line has the whole address") {
  for (const auto& [address, shown] : {std::pair<std::string, std::string>{"0.0.0.0:80", "0.0.0.0:80"},
                                       {"\"[::]:80\"", "[::]:80"},
                                       {"192.168.1.7:80", "192.168.1.7:80"},
                                       {"10.0.0.1:0", "10.0.0.1:0"},
                                       {"8.8.8.8:80", "8.8.8.8:80"},
                                       {"\"[fd00::1]:80\"", "[fd00::1]:80"},
                                       {"\"[2001:db8::1]:80\"", "[2001:db8::1]:80"},
                                       {"\"[::ffff:0.0.0.0]:80\"", "0.0.0.0:80"}}) {
    CAPTURE(address);
    const auto lines = lines_of("listen: {containers: " + address + "}\n" + kRoles + kNoToken);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0] == "listen.containers: " + shown +
                          " is open to more than this host, and whoever reaches it gets the credentials of app, which "
                          "asks for no token: give each entry a token_file, listen on 127.0.0.1 or 169.254.170.2, or "
                          "keep others off that network");
  }
}

TEST_CASE("the defaults are open to nobody else") {
  CHECK(lines_of("").empty());
  CHECK(lines_of(kRoles).empty());
}

TEST_CASE("each listener that is open has a line with what it gives") {
  const auto lines = lines_of(
      "listen: {imds: 0.0.0.0:1, containers: 0.0.0.0:2, pod_identity: 0.0.0.0:3, sts: 0.0.0.0:4, admin: 0.0.0.0:5}\n" +
      kRoles + kNoToken + "imds: {role: app}\npod_identity: {jwks_file: /keys}\n");
  REQUIRE(lines.size() == 5);
  for (const auto& [index, part] :
       std::vector<std::pair<std::size_t, std::string>>{{0, "listen.imds: 0.0.0.0:1 is open"},
                                                        {0, "gets the credentials of app, for IMDS"},
                                                        {1, "listen.containers: 0.0.0.0:2 is open"},
                                                        {2, "listen.pod_identity: 0.0.0.0:3 is open"},
                                                        {2, "in the clear: let it speak TLS (pod_identity.tls)"},
                                                        {3, "listen.sts: 0.0.0.0:4 is open"},
                                                        {3, "mean nothing to AWS"},
                                                        {4, "listen.admin: 0.0.0.0:5 is open"},
                                                        {4, "operator's token"}}) {
    CAPTURE(lines[index]);
    CAPTURE(part);
    CHECK(lines[index].find(part) != std::string::npos);
  }
}

TEST_CASE("what is open decides what is told of it") {
  const std::string open = "listen: {containers: 0.0.0.0:1}\n" + kRoles;
  const std::string pods = "listen: {pod_identity: 0.0.0.0:1}\n" + kRoles;
  struct Row {
    std::string text;
    std::string part;  ///< Empty: nothing is told.
  };
  const std::string two = "containers: {credentials: {app: {role: app}, audit: {role: audit}}}\n";
  const std::string many =
      "containers: {credentials: {a: {role: app}, b: {role: app}, c: {role: app}, d: {role: app}, t: {role: app, "
      "token_file: /t}}}\n";
  const std::string tokens = "containers: {credentials: {app: {role: app, token_file: /t}}";
  const std::vector<Row> rows{
      {open + two, "the credentials of app and audit, which ask for no token"},
      {open + many, "the credentials of a, b, c and 1 more, which ask for no token"},
      {open + tokens + "}\n", "in the clear: let it speak TLS (containers.tls)"},
      {open + tokens + ", tls: {ca: /ca, names: [a]}}\n", ""},
      {open + "containers: {credentials: {app: {role: app}}, tls: {ca: /ca, names: [a]}}\n",
       "of app, which asks for no"},
      {open + tokens + ", compat: true, tls: {ca: /ca, names: [a]}}\n", "any role by its name (containers.compat)"},
      {open + tokens + ", callers: {addresses: {10.0.0.0/8: app}}, tls: {ca: /ca, names: [a]}}\n",
       "whose address it takes or fakes"},
      {open + "containers: {docker: true}\n", "reads the containers' metadata"},
      {open, ""},
      {"listen: {imds: 0.0.0.0:1}\n" + kRoles, "reads the instance's metadata: listen on"},
      {pods + "pod_identity: {associations: [{namespace: a, service_account: b, role: app}]}\n",
       "a token of its own making"},
      {open + "pod_identity: {associations: [{namespace: a, service_account: b, role: app}]}\n",
       "a token of its own making"},
      {open + tokens + ", tls: {ca: /ca, names: [a]}}\npod_identity: {associations: []}\n",
       "a token of its own making"},
      {open + "pod_identity: {jwks_file: /keys}\n", "in the clear: let it speak TLS (containers.tls)"},
      {open + "containers: {tls: {ca: /ca, names: [a]}}\npod_identity: {jwks_file: /keys}\n", ""},
      {"listen: {imds: 0.0.0.0:1}\nimds: {enabled: false, role: app}\n" + kRoles, ""},
      {pods + "pod_identity: {jwks_file: /keys, tls: {ca: /ca, names: [a]}}\n", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto lines = lines_of(row.text);
    REQUIRE(lines.size() == (row.part.empty() ? 0 : 1));
    if (!lines.empty()) {
      CAPTURE(lines[0]);
      CHECK(lines[0].find(row.part) != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace understudy::config
