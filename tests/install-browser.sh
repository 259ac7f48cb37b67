#!/bin/sh
# The tests of pages drive Debian's Chromium, those of paper lay out with Pango (WeasyPrint): install
# them where we may, say how where we may not.
set -eu

PANGO="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

have() { command -v "$1" >/dev/null 2>&1; }
has_pango() { ldconfig -p 2>/dev/null | grep -q libpangoft2-1.0 && ldconfig -p | grep -q libharfbuzz-subset; }

wanted=""
have chromium && have chromedriver || wanted="chromium chromium-driver"
has_pango || wanted="$wanted $PANGO"
if [ -z "$wanted" ]; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && have apt-get; then
    # shellcheck disable=SC2086
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $wanted; then
        exit 0
    fi
fi
echo "*** Browser and paper tests need what is not here: sudo apt-get install $wanted" >&2
if [ -n "${CI:-}" ]; then
    echo "*** CI is set, so that is an error." >&2
    exit 1
fi
exit 0
