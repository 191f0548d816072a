#pragma once

#include <map>
#include <string>
#include <vector>

#include "understudy/http/interfaces.hpp"

namespace understudy::fakes {

/// The interfaces and addresses of a machine that a test makes up.
struct FakeInterfaces final : http::Interfaces {
  [[nodiscard]] unsigned arrival_of(int descriptor) const override {
    const auto found = arrivals.find(descriptor);
    return found == arrivals.end() ? 0 : found->second;
  }
  [[nodiscard]] http::Interface find(unsigned index) const override {
    const auto found = interfaces.find(index);
    return found == interfaces.end() ? http::Interface{} : found->second;
  }
  [[nodiscard]] std::vector<unsigned> holders_of(const std::string& address) const override {
    const auto found = holders.find(address);
    return found == holders.end() ? std::vector<unsigned>{} : found->second;
  }

  std::map<unsigned, http::Interface> interfaces;
  std::map<int, unsigned> arrivals;  ///< By the connection's descriptor.
  std::map<std::string, std::vector<unsigned>> holders;
};

}  // namespace understudy::fakes
