#include "understudy/app/ec2_mock_config.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

#include "understudy/app/ec2_mock_life.hpp"
#include "understudy/app/ec2_mock_metadata.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/service/json_node.hpp"

namespace understudy::app {
namespace {

using nlohmann::json;

// AEMM's pages (its pkg/server/httpserver.go), whose white space its clients' tests compare.

std::string not_found_page() {
  return "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n"
         "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n"
         "\t\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
         "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n"
         " <head>\n  <title>404 - Not Found</title>\n </head>\n"
         " <body>\n  <h1>404 - Not Found</h1>\n </body>\n</html>\n";
}

std::string page(std::string_view title) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" "
      "\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
      "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n"
      "   <head>\n      <title>{}</title>\n   </head>\n"
      "   <body>\n      <h1>{}</h1>\n   </body>\n</html>\n",
      title, title);
}

std::string address_of(const MockSettings& settings) {
  auto host = settings.text("server.hostname");
  if (host.empty()) {
    host = "0.0.0.0";
  } else if (host == "localhost") {
    host = "127.0.0.1";
  } else if (host.find(':') != std::string::npos && !host.starts_with('[')) {
    host = "[" + host + "]";
  }
  return host + ":" + settings.text("server.port");
}

json hosts_of(const MockSettings& settings) {
  json out = json::array();
  const auto text = settings.text("hosts");
  for (const auto host : split(text, ',')) {
    if (!trim(host).empty()) {
      out.push_back(std::string(trim(host)));
    }
  }
  return out;
}

json keys_of(const MockSettings& settings, WallTime now, std::vector<std::string>& notes) {
  const auto value = [&](std::string_view name) {
    return settings.text("metadata.values.iam-security-credentials." + std::string(name));
  };
  json keys{{"access_key_id", value("accesskeyid")},
            {"secret_access_key", value("secretaccesskey")},
            {"session_token", value("token")}};
  // As good as for ever, which keys that say no end are not.
  keys["expiration"] = format_iso8601(now + std::chrono::hours(24 * 3650));
  const std::string key = "metadata.values.iam-security-credentials.expiration";
  if (settings.is_said(key)) {
    const auto end = parse_iso8601(settings.text(key));
    if (end && *end > now) {
      keys["expiration"] = format_iso8601(*end);
    } else {
      notes.push_back(key + ": not a time to come, so the role's keys have a later one; no SDK takes ended keys");
    }
  }
  for (const auto* name : {"code", "lastupdated", "type"}) {
    if (settings.is_said("metadata.values.iam-security-credentials." + std::string(name))) {
      notes.push_back(fmt::format("metadata.values.iam-security-credentials.{}: it is as instances tell it", name));
    }
  }
  return keys;
}

void add_notes(const MockSettings& settings, std::vector<std::string>& notes) {
  if (settings.text("watch-config-file") == "true") {
    notes.emplace_back(
        "watch-config-file: the file is read once; start anew, or open an admin listener "
        "(UNDERSTUDY_LISTEN_ADMIN=127.0.0.1:1340) and use understudy play");
  }
}

}  // namespace

Result<MockConfig, std::vector<std::string>> translate_mock(const MockSettings& settings, MockPlay play, WallTime now) {
  auto life = translate_mock_life(settings, play, now);
  if (!life.problems.empty()) {
    return std::move(life.problems);
  }
  auto metadata = translate_mock_metadata(settings);
  MockConfig out;
  out.notes = std::move(metadata.notes);
  add_notes(settings, out.notes);
  const json config{
      {"region", metadata.region},
      {"hosts", hosts_of(settings)},
      {"listen", {{"imds", address_of(settings)}}},
      {"roles", {{"mock", {{"static", keys_of(settings, now, out.notes)}}}}},
      {"imds",
       {{"role", "mock"},
        {"role_name", metadata.role_name},
        {"tokens", settings.text("imdsv2") == "true" ? "required" : "optional"},
        {"instance", std::move(metadata.instance)},
        {"paths", std::move(metadata.paths)}}},
      {"events", std::move(life.events)},
  };
  out.tree = service::node_of(config);
  out.manners.not_found = not_found_page();
  out.manners.unauthorized = page("401 - Unauthorized");
  out.manners.bad_token_life = page("400 - Bad Request");
  out.manners.bad_request = "400 Bad Request";
  out.manners.refuses_dead_tokens = true;
  out.manners.has_termination_time = true;
  out.manners.lists_latest_alone = true;
  out.manners.announced = std::move(life.announced);
  out.user_data = std::move(metadata.user_data);
  return out;
}

}  // namespace understudy::app
