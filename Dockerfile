# understudy in small images, for amd64 and arm64:
#
#   docker build -t understudy .                        the program and the libraries that it needs, nothing else
#   docker build -t understudy:shell --target shell .   on Debian with a shell: for credential_process and other commands
#   docker build -t understudy:ecs-local --target ecs-local .
#                                                       in the place of amazon/amazon-ecs-local-container-endpoints
#
# configs/compose shows them at work, `./dev docker` tests them, docs/containers.md says what is in them.
ARG VERSION=0.1.0
ARG REVISION=unknown

FROM debian:13-slim AS build
# A mirror of Debian's archive: the newest cpp-httplib for Debian 13 is in its backports.
ARG DEBIAN=http://deb.debian.org/debian
# The first lines are what `packages_for build` in ./dev names.
RUN echo "deb $DEBIAN trixie-backports main" >/etc/apt/sources.list.d/backports.list \
 && apt-get update \
 && apt-get install -y --no-install-recommends \
      g++ meson ninja-build pkg-config \
      libboost-dev libcli11-dev libfmt-dev libpugixml-dev libspdlog-dev libssl-dev libyaml-cpp-dev nlohmann-json3-dev \
      libcpp-httplib-dev/trixie-backports \
      ca-certificates \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# A library that is missing is to fail here, not to be downloaded.
RUN meson setup /build --wrap-mode=nodownload -Doptimization=2 -Ddebug=false -Dtests=false -Dunity=on -Dunity_size=8 \
 && DESTDIR=/install meson install -C /build --strip
# /image becomes the root of the small image: what the loader opens, at the paths where it looks without a cache, whatever the
# architecture's are called. Each library's package leaves its licence (those of GCC's are
# in gcc-*-base), and its entry in Debian's list for scanners. The list of packages is what `shell` installs. Files are as old as they say, so that the same build gives the same image.
RUN set -eu; \
    libraries=$(ldd /install/usr/local/bin/understudy | awk '$2 == "=>" { print $3 } $1 ~ "^/" { print $1 }' | sort -u); \
    install -D -t /image/usr/local/bin /install/usr/local/bin/understudy; \
    cp -L --parents $libraries /image/; \
    install -D -m 644 -t /image/etc/ssl/certs /etc/ssl/certs/ca-certificates.crt; \
    install -D -m 644 -t /image/usr/share/doc/understudy LICENSE; \
    echo 'hosts: files dns' >/image/etc/nsswitch.conf; \
    mkdir -p /image/home/understudy /image/var/lib/dpkg/status.d; \
    for library in $libraries; do dpkg-query -S "$(realpath "$library")" "$library" 2>/dev/null | head -n 1; done \
      | cut -d : -f 1 | sort -u >/packages; \
    for package in $(cat /packages) $(dpkg-query -W -f '${Package} ' 'gcc-*-base') ca-certificates; do \
      dpkg-query -s "$package" >"/image/var/lib/dpkg/status.d/$package"; \
      licence=/usr/share/doc/$package/copyright; \
      [ ! -e $licence ] || install -D -m 644 -t "/image/usr/share/doc/$package" $licence; \
    done; \
    find /image -exec touch -h -d @0 {} +

FROM debian:13-slim AS shell
ARG DEBIAN=http://deb.debian.org/debian
COPY --from=build /packages /tmp/
RUN echo "deb $DEBIAN trixie-backports main" >/etc/apt/sources.list.d/backports.list \
 && apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
      $(sed 's,^libcpp-httplib.*,&/trixie-backports,' /tmp/packages) \
 && rm -rf /var/lib/apt/lists/* /tmp/packages \
 && install -d -o 65532 -g 65532 /home/understudy
COPY --from=build /install/usr/local/bin/understudy /usr/local/bin/
COPY LICENSE /usr/share/doc/understudy/
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="understudy" \
      org.opencontainers.image.description="Stands in for the EC2 and ECS metadata endpoints and plays an IAM role; with a shell" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
ENV HOME=/home/understudy
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/usr/local/bin/understudy", "health"]
ENTRYPOINT ["/usr/local/bin/understudy"]
CMD ["--help"]

FROM scratch AS minimal
COPY --from=build /image/ /
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="understudy" \
      org.opencontainers.image.description="Stands in for the EC2 and ECS metadata endpoints and plays an IAM role" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# Without these OpenSSL looks where only Debian's openssl has something, and ~ is /.
ENV HOME=/home/understudy SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
# By number, so that Kubernetes' runAsNonRoot believes it; nobody of that number is in /etc/passwd, and nobody needs to be.
USER 65532:65532
# Of the configuration that UNDERSTUDY_CONFIG names, which `serve` reads too.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/usr/local/bin/understudy", "health"]
ENTRYPOINT ["/usr/local/bin/understudy"]
CMD ["--help"]

# Compose files change the image and nothing else: the port, ~/.aws below /home, and a start as root, for the host's files are their
# owner's alone. It becomes that owner once the port is open (docs/migrating.md).
FROM minimal AS ecs-local
LABEL org.opencontainers.image.description="Stands in for amazon-ecs-local-container-endpoints"
ENV HOME=/home
USER 0:0
EXPOSE 80
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/usr/local/bin/understudy", "ecs-local", "--health"]
CMD ["ecs-local"]

# What is built where no target is named.
FROM minimal
