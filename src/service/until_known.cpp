#include "until_known.hpp"

#include <utility>

namespace understudy::service {
namespace {

/// Looks at each snapshot until one has a final word.
class UntilKnown final : public Deferred, public std::enable_shared_from_this<UntilKnown> {
 public:
  UntilKnown(const metadata::ContainerSource& containers, std::function<bool()> is_known)
      : containers_(containers), is_known_(std::move(is_known)) {}

  void on_ready(std::function<void()> wake) override {
    wake_ = std::move(wake);
    const std::weak_ptr<UntilKnown> self = weak_from_this();
    look_ = std::make_shared<const std::function<void()>>([self] {
      if (const auto alive = self.lock()) {
        alive->look();
      }
    });
    wait();
  }

 private:
  /// Snapshot first, answer second: news between the two wake it again.
  void wait() {
    seen_ = containers_.snapshot();
    if (is_known_()) {
      wake_();
    } else {
      containers_.on_change(seen_, look_);
    }
  }
  void look() {
    if (containers_.snapshot() == seen_) {
      wake_();  // None will come, or too many wait.
    } else {
      wait();
    }
  }

  const metadata::ContainerSource& containers_;
  const std::function<bool()> is_known_;
  std::function<void()> wake_;
  std::shared_ptr<const std::function<void()>> look_;
  std::shared_ptr<const metadata::ContainerSet> seen_;
};

}  // namespace

std::shared_ptr<Deferred> until_known(const metadata::ContainerSource& containers, std::function<bool()> is_known) {
  return std::make_shared<UntilKnown>(containers, std::move(is_known));
}

}  // namespace understudy::service
