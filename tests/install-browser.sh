#!/bin/sh
# The map's tests drive Debian's Chromium: install it where we may, say how where we may not.
set -eu

have() { command -v "$1" >/dev/null 2>&1; }

if have chromium && have chromedriver; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && have apt-get; then
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends chromium chromium-driver; then
        exit 0
    fi
fi
echo "*** Browser tests will be skipped; to run them: sudo apt-get install chromium chromium-driver" >&2
if [ -n "${CI:-}" ]; then
    echo "*** CI is set, so a missing browser is an error." >&2
    exit 1
fi
exit 0
