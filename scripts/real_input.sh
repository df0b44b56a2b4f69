#!/usr/bin/env bash
# Install the programs made by others that the tests meet: Prism and axe-core (npm), Chromium (Debian),
# timeback-oneroster and strongmind-oneroster-client (PyPI).
# Each is optional: what cannot be had is skipped by its tests, with the reason printed.
set -u
PRISM=5.14.2      # the newest that runs on Node 20
AXE=4.14.1
TIMEBACK=0.4.0
STRONGMIND=2.0.5

quietly() { "$@" >/dev/null 2>&1; }

# Both in one call: npm prunes what an earlier call without --save installed.
if command -v npm >/dev/null && { [ ! -x node_modules/.bin/prism ] || [ ! -f node_modules/axe-core/axe.min.js ]; }; then
    quietly npm install --no-save --no-package-lock --no-audit --no-fund "@stoplight/prism-cli@$PRISM" "axe-core@$AXE" \
        || echo "real input: Prism and axe-core could not be installed"
fi

if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    { quietly apt-get update && quietly apt-get install --yes --no-install-recommends chromium; } \
        || echo "real input: Chromium could not be installed"
fi

if [ ! -x .venv-timeback/bin/python ]; then
    for candidate in python3.13 python3.12 "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python3; do
        # A shim may be on PATH and yet not work: ask it.
        quietly "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' || continue
        { quietly "$candidate" -m venv .venv-timeback \
            && quietly .venv-timeback/bin/pip install "timeback-oneroster==$TIMEBACK"; } && break
        rm -rf .venv-timeback
    done
    [ -x .venv-timeback/bin/python ] || echo "real input: no working Python 3.12 or newer, so no timeback-oneroster"
fi
if [ ! -x .venv-strongmind/bin/python ]; then
    { quietly python3 -m venv .venv-strongmind \
        && quietly .venv-strongmind/bin/pip install "strongmind-oneroster-client==$STRONGMIND"; } \
        || { rm -rf .venv-strongmind; echo "real input: strongmind-oneroster-client could not be installed"; }
fi
exit 0
