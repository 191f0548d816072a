#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/base/counter.hpp"

namespace understudy {

/// Takes the present values of one metric and writes them as Prometheus reads them.
class MetricWriter {
 public:
  /// `{{"role", "app"}, {"outcome", "success"}}`: names by [a-zA-Z_][a-zA-Z0-9_]*, values of any UTF-8.
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  /// Appends to `out`. REQUIRES: both outlive this.
  MetricWriter(std::string_view name, std::string& out) : name_(name), out_(out) {}

  void put(const Labels& labels, std::uint64_t value);
  void put(const Labels& labels, double value);
  /// One line for each outcome, with the label `outcome`.
  void put(Labels labels, const OutcomeCounts& counts);
  /// The lines of a histogram, in seconds: `_bucket` with the label `le`, `_sum`, `_count`.
  void put(const Labels& labels, const LatencyCounts& counts);

 private:
  void line(std::string_view suffix, const Labels& labels, std::string_view value);

  std::string_view name_;
  std::string& out_;
};

/// What the program tells of itself to Prometheus: a list of metrics, each with a way to read its values when asked.
/// Counting is the business of the parts; nothing here is on the way of what they count.
///
/// A value: copies tell the same. Thread-safety: `add` before the first `text`, which any thread may call.
class Metrics {
 public:
  enum class Type { kCounter, kGauge, kHistogram };
  /// Puts the values as they are now; called from any thread, does no input or output.
  using Read = std::function<void(MetricWriter&)>;

  /// `name` as Prometheus's naming has it: `understudy_requests_total`; `help` is one sentence.
  /// REQUIRES: no name twice; what `read` refers to outlives this and its copies.
  void add(std::string_view name, Type type, std::string_view help, Read read);

  /// Everything in Prometheus's text format 0.0.4, metrics in the order in which they were added:
  ///
  ///     # HELP understudy_requests_total Requests that a listener answered.
  ///     # TYPE understudy_requests_total counter
  ///     understudy_requests_total{endpoint="imds",code="200"} 17
  ///
  /// (https://prometheus.io/docs/instrumenting/exposition_formats/)
  [[nodiscard]] std::string text() const;

  /// The Content-Type of `text`.
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Metric {
    std::string name;
    Type type;
    std::string help;
    Read read;
  };
  std::vector<Metric> metrics_;
};

}  // namespace understudy
