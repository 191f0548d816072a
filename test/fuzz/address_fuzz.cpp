// Addresses and networks of base: what is read is nothing but an address, and reads as the same when it is written.

#include "fuzz/check.hpp"
#include "understudy/base/address_range.hpp"
#include "understudy/base/listen_address.hpp"
#include "understudy/base/text.hpp"

namespace {

using understudy::AddressRange;

bool is_unspecified(const std::string& address) {
  const auto range = AddressRange::parse(address);
  return range == AddressRange::parse("0.0.0.0") || range == AddressRange::parse("::");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  if (const auto range = AddressRange::parse(text)) {
    require(text.find_first_not_of("0123456789abcdefABCDEF:./") == text.npos);
    require(range->contains(text.substr(0, text.find('/'))));
    require(range->bits() >= 0 && range->bits() <= (text.find(':') == text.npos ? 32 : 128));
  }
  const auto listen = understudy::parse_listen_address(text);
  if (!listen) {
    require(is_showable(listen.error().message));
    return 0;
  }
  const auto again = understudy::parse_listen_address(listen->to_string());
  require(again && again->address == listen->address);
  if (listen->is_unix()) {
    require(listen->socket_file().starts_with('/') && listen->port == 0 && listen->mode <= 0777);
    return 0;
  }
  require(*again == *listen);
  require(AddressRange::parse(listen->address).has_value());
  require(!is_unspecified(listen->reachable().address) && listen->reachable().port == listen->port);
  return 0;
}
