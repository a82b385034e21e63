#!/bin/sh
# Makes .venv hold exactly what a lock says: `scripts/bootstrap.sh app` to run, `scripts/bootstrap.sh dev` to test.
# PYTHON names another interpreter, TIWIZI_VENV another folder. A second run with the same lock returns at once.
set -eu
cd "$(dirname "$0")/.."

set_name=${1:-app}
lock=requirements/$set_name.txt
venv=${TIWIZI_VENV:-.venv}
python=${PYTHON:-python3}

[ -f "$lock" ] || { echo "There is no set '$set_name'. Choose app or dev." >&2; exit 2; }

# The copy of a lock inside the environment says that it is installed.
if [ -x "$venv/bin/python" ] && cmp -s "$lock" "$venv/installed-$set_name.txt"; then
    exit 0
fi

command -v "$python" >/dev/null || {
    echo "Python is missing. Install Python 3.11 or newer, or name one: PYTHON=/path/to/python make demo" >&2
    exit 3
}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Tiwizi needs Python 3.11 or newer; this is $("$python" --version). Name another: PYTHON=python3.12 make demo" >&2
    exit 3
}

"$venv/bin/python" -m pip --version >/dev/null 2>&1 || {
    "$python" -c 'import ensurepip, venv' 2>/dev/null || scripts/debs.sh demo
    echo "Making the Python environment in $venv ..."
    "$python" -m venv --clear "$venv"
}

echo "Installing what $lock lists ..."
pip="$venv/bin/python -m pip --disable-pip-version-check --quiet --require-virtualenv"
if $pip install --require-hashes -r requirements/boot.txt \
    && "$venv/bin/python" -m uv pip install --quiet --python "$venv/bin/python" --require-hashes -r "$lock"; then
    :
else
    echo "The fast installer did not work here; trying pip, which takes longer." >&2
    $pip install --require-hashes -r "$lock"
fi

cp "$lock" "$venv/installed-$set_name.txt"
# The dev set contains the app set.
[ "$set_name" != dev ] || cp requirements/app.txt "$venv/installed-app.txt"
