// doctest's main for the tests of a room:
//
//     PROGRAM [FILE] [OPTION..]      only those of FILE, as in base/url_test.cpp; doctest's options (--help tells)
//
// A run of no case is a failure, lest a FILE that is none passes for a success. What is skipped is told by name, and
// what is merely not of FILE is not counted as skipped.
#define DOCTEST_CONFIG_IMPLEMENT
#include <iostream>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace {

std::string_view chosen_file;  // Doctest makes the listener, and hands it nothing of ours.
unsigned chosen_cases = 0;

struct Told : doctest::IReporter {
  explicit Told(const doctest::ContextOptions& /*options*/) {}
  void test_case_skipped(const doctest::TestCaseData& test) override {
    if (test.m_skip && std::string_view(test.m_file.c_str()).ends_with(chosen_file)) {
      std::cout << "skipped: " << test.m_name << '\n';
      ++chosen_cases;
    }
  }
  void test_case_start(const doctest::TestCaseData& /*test*/) override { ++chosen_cases; }

  void report_query(const doctest::QueryData& /*query*/) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats& /*run*/) override {}
  void test_case_reenter(const doctest::TestCaseData& /*test*/) override {}
  void test_case_end(const doctest::CurrentTestCaseStats& /*test*/) override {}
  void test_case_exception(const doctest::TestCaseException& /*thrown*/) override {}
  void subcase_start(const doctest::SubcaseSignature& /*subcase*/) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData& /*assertion*/) override {}
  void log_message(const doctest::MessageData& /*message*/) override {}
};

}  // namespace

REGISTER_LISTENER("told", 1, Told);

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  context.setOption("no-skipped-summary", true);
  if (argc > 1 && !std::string_view(argv[1]).starts_with('-')) {
    chosen_file = argv[1];
    context.addFilter("source-file", (std::string("*/") + argv[1]).c_str());
  }
  const int status = context.run();
  if (status == 0 && !context.shouldExit() && chosen_cases == 0) {
    std::cerr << "no test case is what these arguments ask for\n";
    return 1;
  }
  return status;
}
