#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "understudy/app/doctor.hpp"

/// What the questions to both endpoints have in common. Private to the doctor.
namespace understudy::app {

/// A machine or container of AWS's has the real endpoint at the link-local addresses.
[[nodiscard]] bool is_awss_own(const DoctorView& view, std::string_view host);

/// Some clients send even metadata requests through a proxy: where that is so, `step` is broken, with its remedy.
void check_proxy(const DoctorView& view, const Url& endpoint, Step& step);

/// `step`, broken.
Step& broken(Step& step, std::string why, std::vector<std::string> remedy);

}  // namespace understudy::app
