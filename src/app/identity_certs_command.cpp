#include "understudy/app/identity_certs_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "understudy/app/commands.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/service/identity_keys.hpp"

namespace understudy::app {

std::string_view IdentityCertsCommand::purpose() const {
  return "print the certificates that verify the identity document's signatures";
}

std::string_view IdentityCertsCommand::lesson() const {
  return R"(The certificates of the keys that identity.keys keeps, which are made where they are missing:
  understudy identity-certs --config team.yaml                          all, each below a line with its name
  understudy identity-certs rsa2048 --keys /var/lib/understudy/identity > certificate
They stand where AWS's certificates stand in its guide (Verify the instance identity document); docs/imds.md has the
commands for OpenSSL. Without identity.keys each server makes keys that end with it, and there is nothing to print.)";
}

void IdentityCertsCommand::add_options(CLI::App& app) {
  add_config_file(app, config);
  app.add_option("--keys", keys, "the folder that keeps the keys, in place of identity.keys")->type_name("DIR");
  app.add_option("signature", signature, "only that of signature, pkcs7 or rsa2048")
      ->type_name("SIGNATURE")
      ->check(CLI::IsMember({"signature", "pkcs7", "rsa2048"}).description(""));
}

int IdentityCertsCommand::run(const Environment& environment) {
  auto folder = keys;
  if (folder.empty()) {
    const auto loaded = load_or_complain(config, environment);
    if (!loaded) {
      return kUsage;
    }
    folder = loaded->identity.keys;
  }
  if (folder.empty()) {
    complain(
        "the configuration has no identity: {keys: DIR}, so each server signs with keys that end with it and nobody "
        "else "
        "knows: name a folder there that keeps them (or by UNDERSTUDY_IDENTITY_KEYS), and start the server with it");
    return kUsage;
  }
  const auto kept = service::keep_identity_keys(folder, SystemClock().wall());
  if (!kept) {
    complain(kept.error().message);
    return kFailure;
  }
  std::string text;
  for (std::size_t i = 0; i < kept->size(); ++i) {
    const auto& kind = service::kIdentitySignatureKinds[i];
    if (signature.empty() || signature == kind.name) {
      text += fmt::format("# {}\n{}", kind.name, (*kept)[i].certificate_pem());
    }
  }
  return print_out(text) ? kSuccess : kFailure;
}

}  // namespace understudy::app
