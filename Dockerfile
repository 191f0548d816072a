# understudy in a small image: `docker build -t understudy .`; configs/compose shows it at work, `./dev docker` tests it.
# Built for Debian 13 alone: the runtime libraries below carry their versions in their names.
FROM debian:13-slim AS build
# What `packages_for build` in ./dev names.
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      g++ meson ninja-build pkg-config \
      libboost-dev libcli11-dev libcpp-httplib-dev libfmt-dev libpugixml-dev libspdlog-dev libssl-dev libyaml-cpp-dev nlohmann-json3-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# A library that is missing is to fail here, not to be downloaded.
RUN meson setup /build --wrap-mode=nodownload -Doptimization=2 -Ddebug=false -Dtests=false \
 && DESTDIR=/install meson install -C /build --strip

FROM debian:13-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      ca-certificates libcpp-httplib0.18 libfmt10 libpugixml1v5 libspdlog1.15 libssl3t64 libstdc++6 libyaml-cpp0.8 \
 && rm -rf /var/lib/apt/lists/*
COPY LICENSE /usr/share/doc/understudy/
COPY --from=build /install/usr/local/bin/understudy /usr/local/bin/
# By number, so that Kubernetes' runAsNonRoot believes it; nobody of that number is in /etc/passwd, and nobody needs to be.
USER 65532:65532
ENTRYPOINT ["understudy"]
CMD ["--help"]
