// The other end of sigv4_differential.py: one JSON request a line on standard input, the steps of its signature as one
// JSON line on standard output. All strings are bytes in Latin-1, so that JSON carries any of them.

#include <nlohmann/json.hpp>

#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include "understudy/aws/sigv4.hpp"
#include "understudy/base/time_text.hpp"

namespace {

using nlohmann::json;
using namespace understudy;

/// JSON speaks of code points: U+0000 to U+00FF stand for the bytes.
std::string to_bytes(const std::string& utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto first = static_cast<unsigned char>(utf8[i]);
    if (first < 0x80) {
      out += utf8[i];
    } else {
      const auto second = static_cast<unsigned char>(utf8.at(++i));
      out += static_cast<char>(static_cast<unsigned char>((first & 3U) << 6U | (second & 0x3FU)));
    }
  }
  return out;
}

std::string from_bytes(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(static_cast<unsigned char>(0xC0U | byte >> 6U));
      out += static_cast<char>(static_cast<unsigned char>(0x80U | (byte & 0x3FU)));
    }
  }
  return out;
}

std::string text(const json& question, const char* key) { return to_bytes(question.at(key).get<std::string>()); }

json steps_as_json(const aws::SignatureSteps& steps) {
  return {{"canonical_request", from_bytes(steps.canonical_request)},
          {"string_to_sign", from_bytes(steps.string_to_sign)},
          {"signature", steps.signature}};
}

json answer(const json& question) {
  Request request;
  request.method = text(question, "method");
  request.target = text(question, "target");
  request.body = text(question, "body");
  for (const auto& field : question.at("headers")) {
    request.headers.add(to_bytes(field.at(0).get<std::string>()), to_bytes(field.at(1).get<std::string>()));
  }
  aws::Credentials credentials;
  credentials.access_key_id = text(question, "access_key_id");
  credentials.secret_access_key = Secret(text(question, "secret_access_key"));
  if (const auto token = text(question, "session_token"); !token.empty()) {
    credentials.session_token = Secret(token);
  }
  const auto time = parse_amz_date(text(question, "time"));
  if (!time) {
    throw std::runtime_error("the time is not of the form yyyymmddThhmmssZ");
  }
  const auto region = text(question, "region");
  const auto service = text(question, "service");
  const auto expires = question.at("expires").get<int>();
  const auto steps =
      expires == 0 ? aws::sign_request(request, credentials, region, service, *time)
                   : aws::presign_request(request, credentials, region, service, *time, std::chrono::seconds(expires));
  json out = steps_as_json(steps);
  out["target"] = from_bytes(request.target);
  out["authorization"] = from_bytes(request.headers.get("Authorization").value_or(""));

  const auto presented = aws::read_signature(request);
  out["read_error"] = presented ? "" : presented.error().message;
  if (presented) {
    out["verified"] = steps_as_json(aws::expected_signature(request, *presented, credentials.secret_access_key));
  }
  return out;
}

}  // namespace

int main() {
  try {
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << answer(json::parse(line)).dump() << std::endl;
    }
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "sigv4_peer: %s\n", fault.what());
    return 1;
  }
}
