"""Listening: a socket first, so that the server knows its own address before it is built; then uvicorn on it."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from digione_sdk.errors import ConfigurationError

_ANY_ADDRESS: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, never bound to by default
_GRACE_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files of a server certificate."""

    certificate: Path
    key: Path


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Raises:
        ConfigurationError: The address is not to be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise ConfigurationError(f"--host/--port: cannot listen on {host} port {port}: {error.strerror}") from None


def public_url(bound: socket.socket, host: str, *, tls: bool) -> str:
    """Return the address by which clients on this machine reach a socket."""
    name = "127.0.0.1" if host in _ANY_ADDRESS else host
    name = f"[{name}]" if ":" in name else name
    return f"{'https' if tls else 'http'}://{name}:{bound.getsockname()[1]}"


class Listener(uvicorn.Server):
    """A uvicorn server that says when it is ready, and that ends quietly: being stopped is its normal end."""

    def __init__(self, app: ASGIApp, *, certificate: Certificate | None, ready: Callable[[], None]) -> None:
        """Prepare to serve `app`; `ready` is called once requests are answered."""
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,  # it would write queries, which hold names
                server_header=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
                ssl_certfile=certificate.certificate if certificate else None,
                ssl_keyfile=certificate.key if certificate else None,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then tell."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop gracefully on SIGINT and SIGTERM, and do not raise them again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {sig: signal.signal(sig, self.handle_exit) for sig in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


def serve_in_thread(listener: Listener, bound: socket.socket) -> threading.Thread:
    """Run a listener in a thread of its own; stop it by setting `should_exit`."""
    thread = threading.Thread(target=listener.run, kwargs={"sockets": [bound]}, name="digione-mock-server", daemon=True)
    thread.start()
    return thread


def serve_here(listener: Listener, bound: socket.socket) -> None:
    """Run a listener until it is told to stop."""
    with suppress(asyncio.CancelledError):
        listener.run(sockets=[bound])
