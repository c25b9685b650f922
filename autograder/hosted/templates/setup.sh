#!/bin/sh
# Run once, before any hand-in: packages, an environment, and the judge where root alone reads it.
set -eu
root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo"

# Whoever students' code runs as may not read what is in here: the seed, the judge, the solutions.
$sudo chown -R "$(id -u)" "$source"
chmod -R go-rwx "$source"

new_enough() { "$1" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
choose() {
    for python in python3 python3.13 python3.12 python3.11; do
        if new_enough "$python"; then return 0; fi
    done
    return 1
}
if ! { choose && command -v bwrap >/dev/null; }; then
    $sudo apt-get update
    $sudo apt-get install -y bubblewrap libseccomp2 python3-venv
    choose || $sudo apt-get install -y python3.12-venv || $sudo apt-get install -y python3.11-venv
    choose || { echo "There is no Python 3.11 or newer: choose a newer base image." >&2; exit 1; }
fi

umask 022
"$python" -m venv "$root/python"
# Nothing is built here: that takes minutes, a compiler, and runs what came from a network.
"$root/python/bin/python" -m pip install --no-cache-dir --no-deps --require-hashes \
    --only-binary :all: -r "$source/requirements.txt"
umask 077
"$root/python/bin/python" -m pip install --no-cache-dir --no-deps --no-index \
    --upgrade --target "$source/judge" "$source"/*.whl
