#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

/// What the files that call OpenSSL have in common.
namespace understudy {

inline const unsigned char* raw(std::string_view data) { return reinterpret_cast<const unsigned char*>(data.data()); }
inline unsigned char* raw(std::string& data) { return reinterpret_cast<unsigned char*>(data.data()); }

inline void require(bool ok, const char* what) {
  if (!ok) {
    throw std::runtime_error(std::string("OpenSSL failed: ") + what);
  }
}

/// Lets go of an object by the function that OpenSSL has for it: `Owned<X509, X509_free>`.
template <auto free>
struct Release {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
template <class T, auto free>
using Owned = std::unique_ptr<T, Release<free>>;

}  // namespace understudy
