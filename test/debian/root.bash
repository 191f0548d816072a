# For scripts that make a Debian of their own: sourced, not run.
# shellcheck shell=bash

# The mirror of the archive itself, not of its security updates, that this machine's apt uses.
mirror() {
  local found
  # shellcheck disable=SC2016 # apt fills these in
  found=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n 's/^Debian|Debian|//p' | head -n 1)
  echo "${found:-http://deb.debian.org/debian}"
}

# apt_settings ROOT: how this machine's apt reaches the network holds inside too.
apt_settings() {
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Check-)' >"$1/etc/apt/apt.conf.d/90host" || true
}

# bootstrap SUITE ROOT MIRROR [OPTION..]: a minimal Debian in ROOT; debootstrap's output is shown only if it fails.
bootstrap() {
  local suite=$1 root=$2 from=$3
  shift 3
  rm -rf --one-file-system "$root"
  mkdir -p "$root"
  if ! debootstrap --variant=minbase "$@" "$suite" "$root" "$from" >"$root.log" 2>&1; then
    tail -n 20 "$root.log" >&2
    return 1
  fi
  rm -f "$root.log"
}
