#include "understudy/source/instance_endpoint.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

#include "understudy/aws/json_keys.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"
#include "understudy/source/json_call.hpp"
#include "understudy/source/upstream.hpp"

namespace understudy::source {
namespace {

constexpr std::string_view kRoles = "/latest/meta-data/iam/security-credentials/";
constexpr std::string_view kWhat = "the instance metadata service";

class InstanceOfEnvironment final : public Source {
 public:
  explicit InstanceOfEnvironment(Surroundings surroundings) : surroundings_(std::move(surroundings)) {}

  Result<aws::Credentials> get(Freshness freshness) override {
    auto settings = instance_endpoint_in(surroundings_.environment);
    return settings ? InstanceEndpointSource(surroundings_, *std::move(settings)).get(freshness) : settings.error();
  }

 private:
  Surroundings surroundings_;
};

class InstanceBlueprint final : public Blueprint {
 public:
  /// nullopt: what the environment says.
  explicit InstanceBlueprint(std::optional<InstanceEndpointSource::Settings> settings)
      : settings_(std::move(settings)) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    if (settings_) {
      return std::make_unique<InstanceEndpointSource>(surroundings, *settings_);
    }
    return instance_of_environment(surroundings);
  }
  [[nodiscard]] std::string describe() const override {
    return settings_ ? "the instance metadata service " + settings_->endpoint
                     : "the instance metadata service of the environment";
  }

 private:
  std::optional<InstanceEndpointSource::Settings> settings_;
};

std::unique_ptr<Blueprint> read_instance_endpoint(const RoleEntry& entry, std::vector<Problem>& problems) {
  if (entry.value.kind == Node::Kind::kScalar && entry.value.scalar == "true") {
    return std::make_unique<InstanceBlueprint>(std::nullopt);
  }
  const auto before = problems.size();
  Fields fields(entry.value, problems);
  InstanceEndpointSource::Settings settings;
  settings.endpoint = fields.text("endpoint").value_or(settings.endpoint);
  settings.role = fields.text("role").value_or("");
  fields.finish();
  if (const auto url = parse_url(settings.endpoint); !url) {
    fields.problem("endpoint", url.error().message);
  }
  return problems.size() == before ? std::make_unique<InstanceBlueprint>(std::move(settings)) : nullptr;
}

Request token_request(const Url& endpoint) {
  Request request;
  request.method = "PUT";
  request.target = target_below(endpoint, "/latest/api/token");
  request.headers.add("X-aws-ec2-metadata-token-ttl-seconds", "21600");
  return request;
}

/// The document's `Code` where it is no success.
std::optional<Error> failure_in(const std::string& text) {
  const auto document = parse_json(text);
  const auto code = aws::json_text(document, "Code");
  if (code.empty() || code == "Success") {
    return std::nullopt;
  }
  return Error{
      Error::Kind::kUnavailable, escape_for_log(code, 80),
      fmt::format("{} has no credentials: {}", kWhat, escape_for_log(aws::json_text(document, "Message"), 300))};
}

}  // namespace

InstanceEndpointSource::InstanceEndpointSource(Surroundings surroundings, Settings settings)
    : surroundings_(std::move(surroundings)), settings_(std::move(settings)) {}

Result<aws::Credentials> InstanceEndpointSource::get(Freshness) {
  const auto endpoint = parse_url(settings_.endpoint);
  if (!endpoint) {
    return endpoint.error();
  }
  const auto token = new_token(*endpoint);
  if (!token) {
    return token.error();
  }
  auto role = settings_.role;
  if (role.empty()) {
    const auto listed = read(*endpoint, std::string(kRoles), *token);
    if (!listed) {
      return listed.error();
    }
    role = trim(listed->text.substr(0, listed->text.find('\n')));
  }
  if (role.empty()) {
    return Error{Error::Kind::kNotFound, "NoInstanceRole", fmt::format("{} lists no role", kWhat)};
  }
  const auto document = read(*endpoint, fmt::format("{}{}", kRoles, percent_encode(role, "+=,.@-_")), *token);
  if (!document) {
    return document.error();
  }
  if (auto failure = failure_in(document->text)) {
    return *std::move(failure);
  }
  auto credentials = parse_endpoint_document(document->text, kWhat);
  if (credentials) {
    credentials->obtained = document->received;
  }
  return credentials;
}

Result<std::string> InstanceEndpointSource::new_token(const Url& endpoint) {
  const auto answer = ask_upstream(surroundings_, kWhat, endpoint, token_request(endpoint));
  if (!answer) {
    return answer.error();
  }
  const auto& response = answer->response;
  if (response.status != 200 || response.body.size() == 0) {
    return upstream_refusal(response, kWhat);
  }
  return std::string(trim(response.body.view()));
}

Result<InstanceEndpointSource::Page> InstanceEndpointSource::read(const Url& endpoint, const std::string& path,
                                                                  const std::string& token) {
  Request request;
  request.target = target_below(endpoint, path);
  request.headers.add("X-aws-ec2-metadata-token", token);
  const auto answer = ask_upstream(surroundings_, kWhat, endpoint, std::move(request));
  if (!answer) {
    return answer.error();
  }
  const auto& response = answer->response;
  if (response.status != 200) {
    return upstream_refusal(response, kWhat);
  }
  return Page{std::string(response.body.view()), answer->received};
}

Result<InstanceEndpointSource::Settings> instance_endpoint_in(const Environment& environment) {
  if (equal_ignoring_case(environment.get("AWS_EC2_METADATA_DISABLED").value_or(""), "true")) {
    return Error{Error::Kind::kInvalid, "MetadataDisabled",
                 "AWS_EC2_METADATA_DISABLED is true, so the instance metadata service is not asked"};
  }
  InstanceEndpointSource::Settings settings;
  const bool is_ipv6 =
      equal_ignoring_case(environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").value_or(""), "ipv6");
  settings.endpoint = environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT")
                          .value_or(is_ipv6 ? "http://[fd00:ec2::254]/" : "http://169.254.169.254/");
  return settings;
}

std::unique_ptr<Source> instance_of_environment(const Surroundings& surroundings) {
  return std::make_unique<InstanceOfEnvironment>(surroundings);
}

Kind instance_endpoint_kind() { return {"instance", read_instance_endpoint}; }

}  // namespace understudy::source
