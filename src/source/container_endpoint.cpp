#include "understudy/source/container_endpoint.hpp"

#include <fmt/format.h>

#include <utility>

#include "understudy/base/own_address.hpp"
#include "understudy/base/text.hpp"
#include "understudy/source/token_place.hpp"
#include "understudy/source/upstream.hpp"

namespace understudy::source {
namespace {

constexpr std::string_view kEcsHost = "http://169.254.170.2";
constexpr const char* kRelative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* kFull = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

Result<Url> checked_url(const std::string& uri) {
  auto url = parse_url(uri);
  if (url && url->scheme == "http" && !is_asked_over_http(url->host)) {
    return Error{
        Error::Kind::kInvalid, "NotAllowedHost",
        fmt::format("{} is not asked over plain http: SDKs send it to loopback, 169.254.170.2, 169.254.170.23 and "
                    "fd00:ec2::23 alone; use https",
                    escape_for_log(url->host))};
  }
  return url;
}

Error with_remedy(Error error, const ContainerEndpointSource::Settings& settings) {
  const bool is_relative = settings.named_by == kRelative;
  const bool is_variable = is_relative || settings.named_by == kFull;
  error.message += fmt::format(
      " ({} names it): {}{}", settings.named_by,
      is_relative ? "outside of an ECS task nobody is at 169.254.170.2 but who was put there; " : "",
      is_variable ? "start what answers there, or unset the variable" : "start what answers there, or correct the key");
  return error;
}

class ContainerBlueprint final : public Blueprint {
 public:
  /// nullopt: what the environment says.
  explicit ContainerBlueprint(std::optional<ContainerEndpointSource::Settings> settings)
      : settings_(std::move(settings)) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override;
  [[nodiscard]] std::string describe() const override {
    return settings_ ? "the container endpoint " + settings_->full_uri : "the container endpoint of the environment";
  }

 private:
  std::optional<ContainerEndpointSource::Settings> settings_;
};

class ContainerOfEnvironment final : public Source {
 public:
  explicit ContainerOfEnvironment(Surroundings surroundings) : surroundings_(std::move(surroundings)) {}

  Result<aws::Credentials> get(Freshness freshness) override {
    auto settings = container_endpoint_in(surroundings_.environment);
    return settings ? ContainerEndpointSource(surroundings_, *std::move(settings)).get(freshness) : settings.error();
  }

 private:
  Surroundings surroundings_;
};

std::unique_ptr<Source> ContainerBlueprint::build(const Surroundings& surroundings, Source*) const {
  if (settings_) {
    return std::make_unique<ContainerEndpointSource>(surroundings, *settings_);
  }
  return container_of_environment(surroundings);
}

std::unique_ptr<Blueprint> read_container_endpoint(const RoleEntry& entry, std::vector<Problem>& problems) {
  if (entry.value.kind == Node::Kind::kScalar && entry.value.scalar == "true") {
    return std::make_unique<ContainerBlueprint>(std::nullopt);
  }
  const auto before = problems.size();
  Fields fields(entry.value, problems);
  ContainerEndpointSource::Settings settings;
  settings.full_uri = fields.required_text("full_uri");
  settings.token_file = fields.text("token_file").value_or("");
  fields.finish();
  if (problems.size() == before) {
    if (const auto url = checked_url(settings.full_uri); !url) {
      fields.problem("full_uri", url.error().message);
    }
  }
  return problems.size() == before ? std::make_unique<ContainerBlueprint>(std::move(settings)) : nullptr;
}

}  // namespace

bool is_asked_over_http(std::string_view host) {
  return host == "localhost" || is_loopback(host) || host == "169.254.170.2" || host == "169.254.170.23" ||
         host == "fd00:ec2::23";
}

ContainerEndpointSource::ContainerEndpointSource(Surroundings surroundings, Settings settings)
    : surroundings_(std::move(surroundings)), settings_(std::move(settings)) {}

Result<aws::Credentials> ContainerEndpointSource::get(Freshness) {
  const auto url = checked_url(settings_.full_uri);
  if (!url) {
    return with_remedy(url.error(), settings_);
  }
  Request request;
  request.target = url->target;
  request.headers.add("Accept", "application/json");
  auto token = settings_.token_file.empty() ? Result<Secret>(settings_.token)
                                            : read_token_file(settings_.token_file, "authorization token");
  if (!token) {
    return token.error();
  }
  if (!token->empty()) {
    request.headers.add("Authorization", token->reveal());
  }
  const auto what = fmt::format("the container endpoint {}", url->authority());
  const auto answer = ask_upstream(surroundings_, what, *url, std::move(request));
  if (!answer) {
    return answer.error().code == "LoopToItself" ? answer.error() : with_remedy(answer.error(), settings_);
  }
  const auto& response = answer->response;
  if (response.status != 200) {
    return upstream_refusal(response, what);
  }
  auto credentials = parse_endpoint_document(response.body.view(), what);
  if (credentials) {
    credentials->obtained = answer->received;
  }
  return credentials;
}

Result<ContainerEndpointSource::Settings> container_endpoint_in(const Environment& environment) {
  const auto relative = environment.get(kRelative);
  const auto full = environment.get(kFull);
  if (!relative && !full) {
    return Error{Error::Kind::kNotFound, "NoContainerEndpoint",
                 fmt::format("the environment names no container endpoint: {} and {} are not set", kRelative, kFull)};
  }
  ContainerEndpointSource::Settings settings;
  settings.full_uri = relative ? fmt::format("{}{}", kEcsHost, *relative) : std::string(*full);
  settings.named_by = relative ? kRelative : kFull;
  settings.token_file = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").value_or("");
  if (settings.token_file.empty()) {
    settings.token = Secret(environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or(""));
  }
  return settings;
}

std::unique_ptr<Source> container_of_environment(const Surroundings& surroundings) {
  return std::make_unique<ContainerOfEnvironment>(surroundings);
}

Kind container_endpoint_kind() { return {"container", read_container_endpoint}; }

}  // namespace understudy::source
