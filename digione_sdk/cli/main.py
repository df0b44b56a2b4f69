"""The `digione` command: turns what can go wrong into one line and an exit status.

Nothing here imports a package that stands on the SDK, and typer only when the command runs, so that an installation
without the extra can say which one to install.
"""

from __future__ import annotations

import os
import sys
from typing import Final

from digione_sdk.errors import ConfigurationError, DigiOneError, UsageError

USAGE, CONFIGURATION, INTERNAL, INTERRUPTED = 2, 3, 5, 130
_EXTRAS: Final = {"digione_conformance": "conformance", "digione_mock_server": "server"}


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line with these arguments and return the exit status."""
    try:
        from digione_sdk.cli.application import application
    except ModuleNotFoundError:
        return _say("the command line needs an extra: pip install 'digione-sdk[cli]'", CONFIGURATION)
    try:
        application()(args=arguments, prog_name="digione")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except KeyboardInterrupt:
        return _say("interrupted", INTERRUPTED)
    except Exception as error:
        if os.environ.get("DIGIONE_DEBUG") == "1":
            raise
        return _failed(error)
    return 0


def _failed(error: Exception) -> int:
    if isinstance(error, UsageError):
        return _say(str(error), USAGE)
    if isinstance(error, ConfigurationError):
        return _say(str(error), CONFIGURATION)
    if isinstance(error, ModuleNotFoundError):
        return _say(_missing(error), CONFIGURATION)
    if isinstance(error, DigiOneError):
        return _say(str(error), INTERNAL)
    # The text of an unforeseen error may quote a record, so only its kind is told.
    return _say(f"internal error: {type(error).__name__}; set DIGIONE_DEBUG=1 for the traceback", INTERNAL)


def _missing(error: ModuleNotFoundError) -> str:
    """Say which extra brings a missing module: that of the package which asked for it."""
    trace, extra = error.__traceback__, "all"
    while trace is not None:
        package = str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        extra = _EXTRAS.get(package, extra)
        trace = trace.tb_next
    return f"the module {error.name} is missing: pip install 'digione-sdk[{extra}]'"


def _say(message: str, status: int) -> int:
    sys.stderr.write(f"digione: {message}\n")
    return status


if __name__ == "__main__":
    main()
