"""`python -m tests.conformance.patient_server …`: `digione serve …`, which puts off every fortieth read by a second.

The dialect `busy-now-and-then` says Retry-After: 0, so that runs against it cost nothing; here the client has to wait.
"""

from __future__ import annotations

import sys
from functools import partial

from digione_mock_server import front
from digione_mock_server.refusal import server_busy

from digione_sdk.cli.main import main

if __name__ == "__main__":
    front.server_busy = partial(server_busy, retry_after=1)
    sys.argv[1:] = ["serve", "--dialect", "busy-now-and-then", *sys.argv[1:]]
    sys.exit(main())
