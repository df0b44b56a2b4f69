#!/usr/bin/env bash
# Install what others made and the tests meet: Prism, axe-core and a package that ships the schema of SARIF (npm),
# Chromium (Debian), timeback-oneroster, strongmind-oneroster-client and the schema of JUnit XML in pytest's source (PyPI).
# Each is optional: what cannot be had is skipped by its tests, with the reason printed.
set -u
PRISM=5.14.2      # the newest that runs on Node 20
AXE=4.14.1
SARIF=1.0.0-beta.0
JUNIT=9.0.0       # the source of this pytest
TIMEBACK=0.4.0
STRONGMIND=2.0.5

quietly() { "$@" >/dev/null 2>&1; }

# Both in one call: npm prunes what an earlier call without --save installed.
if command -v npm >/dev/null && { [ ! -x node_modules/.bin/prism ] || [ ! -f node_modules/axe-core/axe.min.js ] \
        || [ ! -d node_modules/@microsoft/jest-sarif ]; }; then
    quietly npm install --no-save --no-package-lock --no-audit --no-fund \
        "@stoplight/prism-cli@$PRISM" "axe-core@$AXE" "@microsoft/jest-sarif@$SARIF" \
        || echo "real input: Prism, axe-core and the schema of SARIF could not be installed"
fi

if [ ! -f .real-schemas/junit-10.xsd ]; then
    mkdir -p .real-schemas
    { quietly python3 -m pip download --no-deps --no-binary :all: --dest .real-schemas "pytest==$JUNIT" \
        && tar -xzOf ".real-schemas/pytest-$JUNIT.tar.gz" "pytest-$JUNIT/testing/example_scripts/junit-10.xsd" \
            > .real-schemas/junit-10.new && mv .real-schemas/junit-10.new .real-schemas/junit-10.xsd; } \
        || echo "real input: the schema of JUnit XML could not be had"
    rm -f ".real-schemas/pytest-$JUNIT.tar.gz" .real-schemas/junit-10.new
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
