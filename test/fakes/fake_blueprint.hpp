#pragma once

#include <memory>
#include <string>
#include <utility>

#include "fakes/fake_source.hpp"
#include "understudy/source/kind.hpp"

namespace understudy::fakes {

/// Asks its base first, where it has one, and then the fake source.
class OnTopOf final : public source::Source {
 public:
  OnTopOf(source::Source* base, source::Source& top) : base_(base), top_(top) {}
  Result<aws::Credentials> get(source::Freshness freshness) override {
    if (base_ != nullptr) {
      if (auto got = base_->get(source::Freshness::kCached); !got) {
        return got;
      }
    }
    return top_.get(freshness);
  }
  std::vector<aws::Credentials> own_keys() override { return top_.own_keys(); }

 private:
  source::Source* base_;
  source::Source& top_;
};

/// A way that leads to a fake source of the test's.
class FakeBlueprint final : public source::Blueprint {
 public:
  FakeBlueprint(source::Source& top, std::string arn) : top_(top), arn_(std::move(arn)) {}
  [[nodiscard]] std::unique_ptr<source::Source> build(const source::Surroundings&,
                                                      source::Source* base) const override {
    return std::make_unique<OnTopOf>(base, top_);
  }
  [[nodiscard]] std::string role_arn() const override { return arn_; }
  [[nodiscard]] std::string describe() const override { return "a fake"; }
  [[nodiscard]] NeedsBase needs_base() const override { return NeedsBase::kOptional; }

 private:
  source::Source& top_;
  std::string arn_;
};

}  // namespace understudy::fakes
