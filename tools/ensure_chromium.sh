#!/bin/sh
# The browser tests need a Chromium: find one or install it.
# usage: ensure_chromium.sh PYTHON
set -eu

found() {
    for name in chromium chromium-browser google-chrome chrome; do
        if command -v "$name" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

debian_install() {
    echo 'Chromium not found: installing it with apt-get'
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q || return 1
    apt-get install -qy --no-install-recommends chromium
}

if found; then exit 0; fi
if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
    if debian_install && found; then exit 0; fi
fi
# Without a system's own, playwright brings one along into the user's cache.
if "$1" -m playwright install chromium; then exit 0; fi
echo "Chromium is missing: install it (Debian: apt-get install chromium)" >&2
exit 2
