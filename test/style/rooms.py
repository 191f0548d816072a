"""The include table as data: who may include whom. ARCHITECTURE.md shows the same table with its reasons.

A room is a folder of include/understudy and of src. `rooms` are the other rooms of ours that it may include, `libraries`
the third parties that it may; OUR_FILES and LIBRARY_FILES narrow that to some headers, or to some files of a room.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    rooms: frozenset = frozenset()
    libraries: frozenset = frozenset()


def room(rooms="", libraries=""):
    return Room(frozenset(rooms.split()), frozenset(libraries.split()))


ROOMS = {
    "base": room("", "openssl fmt nlohmann spdlog"),
    "aws": room("base", "fmt nlohmann pugixml"),
    "source": room("base aws", "fmt nlohmann"),
    "metadata": room("base aws", "fmt nlohmann"),
    "service": room("base aws source metadata", "fmt nlohmann"),
    "config": room("base aws source metadata service", "fmt yaml-cpp"),
    "http": room("base", "fmt boost httplib openssl"),
    "docker": room("base metadata http", "fmt nlohmann"),
    "app": room("base aws source metadata service config http docker", "fmt CLI nlohmann boost"),
}

# What a room may see of another, where that is not all of it: the headers whose names end so.
OUR_FILES = {
    ("config", "service"): ("_settings",),
}

# The files of a room that alone may include a library.
LIBRARY_FILES = {
    ("base", "openssl"): {"authority", "cms", "crypto", "keys", "openssl", "public_key", "secret", "x509"},
    ("http", "openssl"): {"client_tls", "tls_context", "tls_stream"},
    ("base", "spdlog"): {"log"},
    ("config", "yaml-cpp"): {"yaml"},
}

# How each library's headers begin, ours that bring it along among them. A header in <> that is none of these and has no folder is the standard library's; one
# with a folder must be the system's (SYSTEM_FOLDERS), so that a new library can not come in unseen.
LIBRARIES = {
    "openssl": ("openssl/", "understudy/base/openssl.hpp"),
    "fmt": ("fmt/",),
    "spdlog": ("spdlog/",),
    "nlohmann": ("nlohmann/",),
    "pugixml": ("pugixml",),
    "yaml-cpp": ("yaml-cpp/",),
    "boost": ("boost/",),
    "httplib": ("httplib",),
    "CLI": ("CLI/",),
    "doctest": ("doctest/",),
}
SYSTEM_FOLDERS = ("sys/", "net/", "netinet/", "arpa/", "linux/")
