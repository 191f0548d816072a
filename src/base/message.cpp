#include "understudy/base/message.hpp"

#include <algorithm>
#include <stdexcept>

#include "understudy/base/handler.hpp"
#include "understudy/base/text.hpp"

namespace understudy {

void Headers::add(std::string_view name, std::string_view value) {
  fields_.push_back({std::string(name), std::string(value)});
}

void Headers::set(std::string_view name, std::string_view value) {
  // Copied first: the arguments may be views of the very field that goes.
  HeaderField field{std::string(name), std::string(value)};
  remove(name);
  fields_.push_back(std::move(field));
}

void Headers::remove(std::string_view name) {
  // Copied for the same reason: erasing moves fields while it still compares.
  std::erase_if(fields_, [wanted = std::string(name)](const HeaderField& field) {
    return equal_ignoring_case(field.name, wanted);
  });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& field : fields_) {
    if (equal_ignoring_case(field.name, name)) {
      return field.value;
    }
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(fields_, [&](const HeaderField& field) { return equal_ignoring_case(field.name, name); }));
}

Response answer_now(Handler& handler, const Request& request) {
  auto answer = handler.answer(request, Patience::kMustAnswer);
  if (auto* response = std::get_if<Response>(&answer)) {
    return std::move(*response);
  }
  throw std::logic_error("a handler deferred although it had to answer");
}

}  // namespace understudy
