#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/environment.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/url.hpp"

/// `understudy doctor`: which provider of an SDK's default chain would win in this shell or container, why, and what to
/// type so that ours does. The order is that of every current SDK: keys in the environment > web identity > profile
/// files > container endpoint > instance endpoint. botocore looks into boto 2's files before the endpoints, which is
/// shown where there is something in them.
namespace understudy::app {

/// What understudy serves to clients of this machine by the configuration that is asked about.
struct Served {
  struct Credentials {
    std::string url;         ///< `http://127.0.0.1:1339/creds`
    std::string token_file;  ///< Of that URL; empty: none is asked for.
    std::string role;        ///< The key; empty: whoever asks gets a role of its own.
  };

  std::vector<Credentials> credentials;  ///< In the configuration's order; the first is what is advised.
  std::string instance;                  ///< `http://127.0.0.1:1338`; empty: there is none, or it has no role.
  std::string instance_role;             ///< The key.
  std::string config_file;               ///< Empty: none was named, and these are the defaults.
};

/// What the doctor may look at. Everything referred to outlives the call.
struct DoctorView {
  const Environment& environment;
  std::function<Result<std::string>(const std::filesystem::path&)> read;  ///< A file; kNotFound where there is none.
  HttpClient& http;                                                       ///< Goes straight, through no proxy.
  Served served;
};

/// One provider of the chain.
struct Step {
  enum class State {
    kAbsent,  ///< Not set up: a client goes on to the next.
    kTakes,   ///< A client takes credentials from it and looks no further.
    kBroken,  ///< Set up in a way that makes all or some clients fail, or go on, depending on the client.
  };

  std::string provider;  ///< `profile files`
  State state = State::kAbsent;
  bool ours = false;  ///< The endpoint stands where understudy answers, not AWS.
  std::string why{};  ///< What was found; no secret in it.
  /// kTakes, kBroken: shell lines that take it out of the way, or mend it.
  std::vector<std::string> remedy{};
  bool remedy_mends = false;  ///< They mend it.
};

struct Diagnosis {
  std::vector<Step> steps;           ///< The whole chain, in its order.
  std::vector<std::string> to_type;  ///< Shell lines after which ours wins; empty where it does already.
  std::string to_run;                ///< How one command runs as the role; empty as to_type.
  bool names_configuration = false;  ///< The advice goes by a configuration that was named, not by the defaults.

  [[nodiscard]] const Step* winner() const;  ///< The first that is not absent; nullptr where all are.
  [[nodiscard]] bool ours_wins() const;      ///< The winner is ours, and nothing is broken about it.
};

/// Asks the endpoints that the environment names, and where ours does not win those that `served` does, as an SDK
/// would, within 2 s each. Reads no secret but the authorization token's file, and keeps nothing of the answers but the
/// role's name.
[[nodiscard]] Diagnosis diagnose(const DoctorView& view);

/// For people: a line per provider, the verdict, and what to type.
[[nodiscard]] std::string render(const Diagnosis& diagnosis);

/// The single providers, as `diagnose` asks them.
[[nodiscard]] Step check_environment_keys(const DoctorView& view);
[[nodiscard]] Step check_web_identity(const DoctorView& view);
[[nodiscard]] Step check_profile(const DoctorView& view);
[[nodiscard]] Step check_boto_files(const DoctorView& view);
[[nodiscard]] Step check_container_endpoint(const DoctorView& view);
[[nodiscard]] Step check_instance_endpoint(const DoctorView& view);

/// What is at a credentials URL of ours.
enum class Presence {
  kSilent,  ///< Nobody.
  kOther,   ///< Somebody who knows no such path: no server, or one with another configuration.
  kServed,  ///< An entry, though it may ask for a token or have no credentials yet.
};
[[nodiscard]] Presence presence_at(const DoctorView& view, std::string_view credentials_url);

/// Whether an instance endpoint is there that has a role.
[[nodiscard]] bool has_role_at(const DoctorView& view, std::string_view instance_url);

/// The entry that `url` leads to, be it called by the address of the configuration, by `localhost` or, where a network
/// leads there, by 169.254.170.2. nullptr: none.
[[nodiscard]] const Served::Credentials* entry_at(const Served& served, const Url& url);

/// `text` as one word of a POSIX shell.
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace understudy::app
