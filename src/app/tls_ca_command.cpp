#include "understudy/app/tls_ca_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "understudy/app/commands.hpp"
#include "understudy/app/doctor.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/listen_address.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/http/tls.hpp"
#include "understudy/service/authority_folder.hpp"

namespace understudy::app {
namespace {

using Path = std::filesystem::path;

/// nullopt, complained of, where the environment names no place.
std::optional<Path> default_folder(const Environment& environment) {
  const auto data = environment.get("XDG_DATA_HOME").value_or("");
  const auto home = environment.get("HOME").value_or("");
  if (data.empty() && home.empty()) {
    complain("neither XDG_DATA_HOME nor HOME is set: name the folder, understudy tls-ca DIR");
    return std::nullopt;
  }
  return (data.empty() ? Path(home) / ".local/share" : Path(data)) / "understudy/ca";
}

/// The one that the folder has, if it serves; else a new one, where there is none or by force.
Result<Authority> keep(const Path& folder, const std::vector<std::string>& names, bool force) {
  const auto now = SystemClock().wall();
  auto kept =
      force ? Result<Authority>(Error{Error::Kind::kNotFound, "NoAuthority", ""}) : service::read_authority(folder);
  if (!kept && kept.error().code == "NoAuthority") {
    auto made = service::make_authority(folder, names, force, now);
    if (made || made.error().code != "AuthorityExists") {
      return made;
    }
    // Somebody else was faster; or half of it is gone.
    kept = service::read_authority(folder);
    if (!kept) {
      return made;
    }
  }
  if (!kept) {
    return kept;
  }
  const auto refused = std::ranges::find_if_not(names, [&](const auto& name) { return kept->permits(name); });
  if (refused != names.end()) {
    return Error{Error::Kind::kInvalid, "AuthorityExists",
                 fmt::format("{} has an authority that may not name {}; --force makes another in its place, which "
                             "clients then have to be given",
                             folder.string(), *refused)};
  }
  if (kept->not_after() <= now) {
    return Error{Error::Kind::kInvalid, "AuthorityEnded",
                 fmt::format("the authority in {} ended at {}; --force makes another in its place", folder.string(),
                             format_iso8601(kept->not_after()))};
  }
  return kept;
}

constexpr const char* kThenTell = R"text(
A server that runs goes on by the authority of before. Give the clients this one first, beside it; then send SIGHUP:
  kill -HUP "$(pidof understudy)"    (or: docker kill --signal HUP NAME, systemctl reload understudy)
)text";

/// `understudy:8443`, `[fd00::5]:8443`: where a client finds a server with these names.
std::string example_of(const std::vector<std::string>& names) {
  return ListenAddress{http::name_among(names, {}), 8443}.to_string();
}

}  // namespace

std::string trust_ways(const std::string& pem) {
  return fmt::format(R"text(  Go, Rust, Ruby, PHP, C++, .NET (Debian, as root):
    cp {pem} /usr/local/share/ca-certificates/understudy.crt && update-ca-certificates
  Go, Rust, Ruby, .NET, where that can not be done:
    cat /etc/ssl/certs/ca-certificates.crt {pem} > bundle.pem && export SSL_CERT_FILE=$PWD/bundle.pem
  JavaScript:
    export NODE_EXTRA_CA_CERTS={pem}
  Java:
    keytool -importcert -cacerts -storepass changeit -noprompt -alias understudy -file {pem}
  Python (boto3 1.42.5 or newer; it does not look at AWS_CA_BUNDLE here):
    cat {pem} >> "$(python3 -c 'import botocore.httpsession as s; print(s.where())')"
  AWS CLI, version 2:
    cat {pem} >> /usr/local/aws-cli/v2/current/dist/awscli/botocore/cacert.pem
)text",
                     fmt::arg("pem", pem));
}

std::string trust_text(const Path& folder, const std::vector<std::string>& allowed) {
  const auto names = allowed.empty() ? std::vector<std::string>{"understudy"} : allowed;
  std::vector<std::string> quoted;
  std::ranges::transform(names, std::back_inserter(quoted), json_string);
  const auto pem = shell_word(service::authority_certificate_in(folder).string());
  return fmt::format(R"text(For the server, which makes its own certificate by it at each start:
  listen: {{containers: "0.0.0.0:8443"}}
  containers: {{tls: {{ca: {folder}, names: [{names}]}}}}

For the clients, which get {pem} and nothing else of this folder:
  export AWS_CONTAINER_CREDENTIALS_FULL_URI=https://{at}/creds
and trust it, by one of these:
{ways}  curl:
    curl --cacert {pem} https://{at}/creds
)text",
                     fmt::arg("folder", json_string(folder.string())), fmt::arg("names", fmt::join(quoted, ", ")),
                     fmt::arg("at", example_of(names)), fmt::arg("ways", trust_ways(pem)), fmt::arg("pem", pem));
}

std::string_view TlsCaCommand::purpose() const {
  return "make a local authority for TLS, and say how clients trust it";
}

std::string_view TlsCaCommand::lesson() const {
  return R"(SDKs ask https addresses of any host for credentials, http ones on this machine alone. With an authority of your own
the endpoint for containers can be anywhere:
  understudy tls-ca /var/lib/understudy/ca
prints what to write into the configuration, and how each SDK is told to trust it. An authority that is there stays, and
the same is printed again; --force makes another in its place, which every client then has to be given, and after that
SIGHUP has a running server use it: until then it goes on with the one before.

It may name understudy, localhost, names below .internal, .local, .test, .svc and .home.arpa, private addresses, and each
--name with all below it, so that its key can be no other host to those who trust it. ca.key is for the server alone.)";
}

void TlsCaCommand::add_options(CLI::App& app) {
  app.add_option("dir", folder, "the folder that keeps it (default: ~/.local/share/understudy/ca)")->type_name("DIR");
  app.add_option("--name", names, "a host or address that it may name, too; can be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->check([](const std::string& name) {
        return is_tls_name(name) ? "" : "--name: expected a host such as understudy or web.example, or an address";
      });
  app.add_flag("--force", force, "make another in place of the one that is there");
}

int TlsCaCommand::run(const Environment& environment) {
  const auto chosen = folder.empty() ? default_folder(environment) : std::optional(Path(folder));
  if (!chosen) {
    return kUsage;
  }
  std::error_code ignored;
  auto path = std::filesystem::absolute(*chosen, ignored).lexically_normal();
  const auto authority = keep(path, names, force);
  if (!authority) {
    complain(authority.error().message);
    return kFailure;
  }
  if (const auto loose = service::loose_key_in(path)) {
    complain(*loose);
  }
  const auto text = fmt::format("{} is the certificate of an authority until {}.\n\n{}",
                                service::authority_certificate_in(path).string(),
                                format_iso8601(authority->not_after()), trust_text(path, names)) +
                    (force ? kThenTell : "");
  return print_out(text) ? kSuccess : kFailure;
}

}  // namespace understudy::app
