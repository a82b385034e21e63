#!/bin/sh
# Sees that the Debian packages of a set are there: `scripts/debs.sh demo` or `scripts/debs.sh test`.
# Installs nothing unasked: asks at a terminal; TIWIZI_APT=yes|no decides without asking; root without a terminal
# means yes (a build machine). Exit 3: something is missing, and the sentence printed says how to install it.
set -eu

case ${1:-} in
    demo) wanted="python3-venv" ;;
    test) wanted="chromium postgresql gettext fonts-noto-core libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" ;;
    *) echo "Usage: scripts/debs.sh demo|test" >&2; exit 2 ;;
esac

# A tool that is already here by another way than Debian's packages is as good.
present() {
    case $1 in
        python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null && return ;;
        chromium) command -v chromium >/dev/null && return ;;
        gettext) command -v msgfmt >/dev/null && command -v xgettext >/dev/null && return ;;
        postgresql) command -v initdb >/dev/null && return
            for file in /usr/lib/postgresql/*/bin/initdb; do [ -x "$file" ] && return; done ;;
    esac
    command -v dpkg-query >/dev/null \
        && [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=""
for package in $wanted; do
    present "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo "
command="${sudo}apt-get install --yes --no-install-recommends$missing"

refuse() {
    echo "Missing here:$missing. Install with: ${sudo}apt-get update && $command" >&2
    exit 3
}

command -v apt-get >/dev/null || {
    echo "Missing here:$missing. This is not a Debian system: install the same programs its own way." >&2
    exit 3
}

answer=${TIWIZI_APT:-}
if [ -z "$answer" ]; then
    if [ -t 0 ] && [ -t 2 ]; then
        printf 'Missing here:%s. Install now with apt-get? [y/N] ' "$missing" >&2
        read -r answer || answer=no
    elif [ "$(id -u)" = 0 ]; then
        answer=yes
    fi
fi
case $answer in
    y | Y | yes | Yes | YES) ;;
    *) refuse ;;
esac

echo "Installing$missing with apt-get ..." >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ ${sudo}apt-get update && $command; } >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    refuse
}
