#include "understudy/service/tls_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "understudy/base/authority.hpp"
#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

/// A path; what is there and empty is a problem.
std::string read_path(Fields& fields, std::string_view key, std::string_view example) {
  const auto path = fields.text(key);
  if (path && path->empty()) {
    fields.problem(key, fmt::format("expected a path, such as {}", example));
  }
  return path.value_or("");
}

void read_names(Fields& fields, TlsSettings& settings) {
  settings.names = fields.texts("names");
  const auto wrong = std::ranges::find_if_not(settings.names, is_tls_name);
  if (wrong != settings.names.end()) {
    fields.problem("names",
                   fmt::format("expected host names such as understudy or *.team.internal, or addresses such as "
                               "192.168.1.5, without scheme and port; found \"{}\"",
                               escape_for_log(*wrong, 80)));
  }
}

/// What goes together with what.
void check_choice(Fields& fields, const TlsSettings& settings) {
  const bool has_pair = !settings.certificate.empty() && !settings.private_key.empty();
  const bool has_half = !settings.certificate.empty() || !settings.private_key.empty();
  if (has_half && !settings.ca.empty()) {
    fields.problem("ca", "makes the certificate; expected it alone, or certificate and private_key alone");
  } else if (has_half && !has_pair) {
    fields.problem(settings.certificate.empty() ? "private_key" : "certificate",
                   fmt::format("expected {} beside it", settings.certificate.empty() ? "certificate" : "private_key"));
  } else if (!has_half && settings.ca.empty()) {
    fields.problem("", "expected certificate and private_key, or ca: DIR, which understudy tls-ca DIR makes");
  } else if (has_half && !settings.names.empty()) {
    fields.problem("names", "goes with ca; the names of a certificate of your own stand in it");
  }
}

}  // namespace

std::optional<TlsSettings> read_tls_settings(Fields& fields, std::vector<Problem>& problems) {
  const Node* const node = fields.node("tls");
  if (node == nullptr) {
    return std::nullopt;
  }
  Fields inner(*node, problems);
  TlsSettings settings;
  settings.line = node->line;
  settings.certificate = read_path(inner, "certificate", "/etc/understudy/server.pem");
  settings.private_key = read_path(inner, "private_key", "/etc/understudy/server.key");
  settings.ca = read_path(inner, "ca", "/var/lib/understudy/ca");
  read_names(inner, settings);
  inner.finish();
  if (node->kind == Node::Kind::kMap) {
    check_choice(inner, settings);
  }
  return settings;
}

}  // namespace understudy::service
