#include "understudy/base/metrics.hpp"

#include <fmt/format.h>

#include <iterator>

#include "understudy/base/text.hpp"

namespace understudy {
namespace {

std::string_view word_of(Metrics::Type type) {
  switch (type) {
    case Metrics::Type::kCounter:
      return "counter";
    case Metrics::Type::kGauge:
      return "gauge";
    case Metrics::Type::kHistogram:
      break;
  }
  return "histogram";
}

/// Within quotes: a backslash, a quote and a line's end; the format takes everything else as it is.
void append_label_value(std::string& out, std::string_view value) {
  for (const char c : replace_invalid_utf8(value)) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        out += c;
    }
  }
}

std::string in_seconds(std::chrono::microseconds time) {
  return fmt::format("{}", std::chrono::duration<double>(time).count());
}

}  // namespace

void MetricWriter::line(std::string_view suffix, const Labels& labels, std::string_view value) {
  fmt::format_to(std::back_inserter(out_), "{}{}", name_, suffix);
  char before = '{';
  for (const auto& [name, text] : labels) {
    fmt::format_to(std::back_inserter(out_), "{}{}=\"", before, name);
    append_label_value(out_, text);
    out_ += '"';
    before = ',';
  }
  fmt::format_to(std::back_inserter(out_), "{} {}\n", labels.empty() ? "" : "}", value);
}

void MetricWriter::put(const Labels& labels, std::uint64_t value) { line("", labels, fmt::format("{}", value)); }

void MetricWriter::put(const Labels& labels, double value) { line("", labels, fmt::format("{}", value)); }

void MetricWriter::put(Labels labels, const OutcomeCounts& counts) {
  labels.emplace_back("outcome", "");
  for (std::size_t i = 0; i < OutcomeCounts::kNames.size(); ++i) {
    labels.back().second = OutcomeCounts::kNames.at(i);
    put(labels, counts.value(i));
  }
}

void MetricWriter::put(const Labels& labels, const LatencyCounts& counts) {
  auto with_end = labels;
  with_end.emplace_back("le", "");
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i <= LatencyCounts::kBounds.size(); ++i) {
    const bool is_last = i == LatencyCounts::kBounds.size();
    const auto end = is_last ? "+Inf" : in_seconds(LatencyCounts::kBounds.at(i));
    so_far += counts.spans.at(i);
    with_end.back().second = end;
    line("_bucket", with_end, fmt::format("{}", so_far));
  }
  line("_sum", labels, in_seconds(counts.sum));
  line("_count", labels, fmt::format("{}", so_far));
}

void Metrics::add(std::string_view name, Type type, std::string_view help, Read read) {
  metrics_.push_back({std::string(name), type, std::string(help), std::move(read)});
}

std::string Metrics::text() const {
  std::string out;
  for (const auto& metric : metrics_) {
    fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n", metric.name, metric.help,
                   word_of(metric.type));
    MetricWriter writer(metric.name, out);
    metric.read(writer);
  }
  return out;
}

}  // namespace understudy
