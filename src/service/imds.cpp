#include "understudy/service/imds.hpp"

#include <fmt/format.h>

#include <utility>

#include "understudy/aws/arn.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/metadata/document.hpp"
#include "understudy/service/path.hpp"
#include "understudy/service/role_credentials.hpp"

namespace understudy::service {
namespace {

constexpr std::string_view kTokenPath = "latest/api/token";
constexpr std::string_view kTokenHeader = "X-aws-ec2-metadata-token";
constexpr std::string_view kTtlHeader = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds";
constexpr std::string_view kServer = "EC2ws";

/// 339 bytes with the newline, as instances send it.
constexpr std::string_view kNotFoundPage =
    "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n"
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n"
    "\t\t \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
    "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n"
    " <head>\n"
    "  <title>404 - Not Found</title>\n"
    " </head>\n"
    " <body>\n"
    "  <h1>404 - Not Found</h1>\n"
    " </body>\n"
    "</html>\n";
static_assert(kNotFoundPage.size() == 339);

Response respond(int status, std::string_view type, Body body) {
  Response response;
  response.status = status;
  response.headers.reserve(6);
  response.headers.add("Content-Type", type);
  response.headers.add("Server", kServer);
  response.body = std::move(body);
  return response;
}

Response empty(int status) { return respond(status, "text/plain", {}); }

Response error_page(int status, const std::optional<std::string>& page) {
  return page ? respond(status, "text/html", *page) : empty(status);
}

Response options(std::string_view allowed, int status) {
  auto response = empty(status);
  response.headers.add("Allow", allowed);
  return response;
}

Response found(std::shared_ptr<const std::string> body, std::string_view last_modified,
               std::string_view type = "text/plain") {
  auto response = respond(200, type, std::move(body));
  response.headers.add("Accept-Ranges", "none");
  response.headers.add("Last-Modified", last_modified);
  return response;
}

void add_ttl(Response& response, std::chrono::seconds ttl) {
  response.headers.add(kTtlHeader, fmt::format_int(ttl.count()).c_str());
}

}  // namespace

std::string listed_role_name(const ImdsSettings& settings, std::string_view role_key, std::string_view role_arn) {
  if (settings.role_name) {
    return *settings.role_name;
  }
  const auto arn = aws::parse_role_arn(role_arn);
  return arn ? aws::role_name(*arn) : std::string(role_key);
}

Imds::Imds(const ImdsSettings& settings, ImdsShow& show, source::Role* role, IdentitySigner& signer, GuardRules rules,
           const Clock& clock, Log& log, Secret token_key)
    : show_(show),
      role_(role),
      signer_(signer),
      hop_limit_(settings.hop_limit),
      manners_(settings.manners),
      last_modified_(format_http_date(show.instance().pending_time)),
      clock_(clock),
      tokens_(show.instance().id, clock, std::move(token_key)),
      refusals_("imds", clock, log),
      guard_(std::move(rules), refusals_) {}

Answer Imds::answer(const Request& request, Patience patience) {
  if (auto loop = guard_.answer_to_itself(request)) {
    return *std::move(loop);
  }
  if (guard_.refuses(request)) {
    return empty(403);
  }
  const auto view = show_.view_for(request.peer);
  const auto& faults = view->scene.faults;
  // Whoever must be answered has waited, and was counted when that began.
  const auto fault = patience == Patience::kMayWait ? view->injector->strike(faults, clock_) : std::nullopt;
  Answer answer = fault ? empty(*fault) : answer_from(*view, request, patience);
  if (auto* response = std::get_if<Response>(&answer)) {
    response->delay = faults.latency;
  }
  return answer;
}

Answer Imds::answer_from(const ImdsView& view, const Request& request, Patience patience) {
  if (!view.scene.is_enabled) {
    return empty(403);
  }
  std::string buffer;
  const auto path = normalise_path(request.target, buffer);
  if (path == kTokenPath) {
    return request.method == "PUT" ? issue_token(request) : options("OPTIONS, PUT", 405);
  }
  Seconds life_left;
  if (auto refused = refuse_token(view, request, life_left)) {
    return std::move(*refused);
  }
  Answer answer = empty(403);
  if (request.method == "GET" || request.method == "HEAD") {
    answer = read(view, path, patience);
  } else if (request.method == "OPTIONS") {
    answer = options("OPTIONS, GET, HEAD", 200);
  }
  if (auto* response = std::get_if<Response>(&answer); response != nullptr && life_left) {
    add_ttl(*response, *life_left);
  }
  return answer;
}

Response Imds::not_found() const {
  return manners_.not_found ? error_page(404, manners_.not_found) : respond(404, "text/html", kNotFoundPage);
}

Response Imds::unauthorized() const { return error_page(401, manners_.unauthorized); }

Response Imds::issue_token(const Request& request) const {
  const auto asked = request.headers.get(kTtlHeader);
  const auto ttl =
      asked && request.headers.count(kTtlHeader) == 1 ? parse_token_ttl(*asked) : std::optional<std::chrono::seconds>();
  if (!ttl || (manners_.refuses_dead_tokens && ttl->count() == 0)) {
    return error_page(400, manners_.bad_token_life);
  }
  auto response = respond(200, "text/plain", tokens_.issue(*ttl));
  add_ttl(response, *ttl);
  response.hop_limit = hop_limit_;
  return response;
}

std::optional<Response> Imds::refuse_token(const ImdsView& view, const Request& request, Seconds& life_left) {
  const auto token = request.headers.get(kTokenHeader);
  if (!token && !view.scene.tokens_required) {
    return std::nullopt;
  }
  if (!token) {
    refusals_.note(Rule::kTokenRequired, request.peer.address, [] {
      return "it has no token (IMDSv1); let the client PUT /latest/api/token first (IMDSv2), or set imds: {tokens: "
             "optional}";
    });
    return unauthorized();
  }
  if (request.headers.count(kTokenHeader) == 1) {
    life_left = tokens_.life_left(*token);
  }
  if (!life_left) {
    refusals_.note(Rule::kTokenInvalid, request.peer.address, [] {
      return "its token has ended or is not one of this server's (they end with every restart); let the client PUT "
             "/latest/api/token again";
    });
    return unauthorized();
  }
  return std::nullopt;
}

Answer Imds::read(const ImdsView& view, std::optional<std::string_view> path, Patience patience) const {
  const auto* const content = path ? view.tree.find(*path) : nullptr;
  if (content == nullptr) {
    return not_found();
  }
  switch (content->kind) {
    case metadata::Content::Kind::kText:
      return found(content->text, last_modified_);
    case metadata::Content::Kind::kUserData:
      return found(content->text, last_modified_, "application/octet-stream");
    case metadata::Content::Kind::kRoleCredentials:
      return read_credentials(&aws::CredentialDocuments::imds, patience);
    case metadata::Content::Kind::kExtendedRoleCredentials:
      return read_credentials(&aws::CredentialDocuments::imds_extended, patience);
    case metadata::Content::Kind::kIdentitySignature:
      return read_signature(view.identity_document, &IdentitySignatures::signature, patience);
    case metadata::Content::Kind::kIdentityPkcs7:
      return read_signature(view.identity_document, &IdentitySignatures::pkcs7, patience);
    case metadata::Content::Kind::kIdentityRsa2048:
      return read_signature(view.identity_document, &IdentitySignatures::rsa2048, patience);
    case metadata::Content::Kind::kAnnounced:
      return not_found();
  }
  return not_found();
}

Answer Imds::read_signature(const std::string& document, Signature signature, Patience patience) const {
  if (const auto signatures = signer_.find(document)) {
    return found((*signatures).*signature, last_modified_);
  }
  if (patience == Patience::kMayWait) {
    return signer_.until_signed(document);
  }
  return empty(503);
}

Answer Imds::read_credentials(Document document, Patience patience) const {
  const auto state = role_->state();
  const auto& credentials = state->credentials;
  const auto obtained = credentials ? credentials->obtained : WallTime{};
  switch (standing_of(*state, clock_.boot())) {
    case Standing::kGood:
      return found(state->documents.*document, format_http_date(obtained));
    case Standing::kCold:
      if (patience == Patience::kMayWait) {
        return until_settled(*role_);
      }
      return empty(503);
    case Standing::kRefused:
      return refused_document();
    case Standing::kAbsent:
      return empty(503);
  }
  return empty(503);
}

Response Imds::refused_document() const {
  const auto now = clock_.wall();
  const auto message = fmt::format(
      "EC2 cannot assume the role {}.  Please see documentation at "
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
      "troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.",
      show_.role_name());
  return found(
      std::make_shared<const std::string>(metadata::render_document(
          {{"Code", "AssumeRoleUnauthorizedAccess"}, {"Message", message}, {"LastUpdated", format_iso8601(now)}})),
      format_http_date(now));
}

}  // namespace understudy::service
