"""Lists of servers by name: each puts itself on one, and a package reads all its modules so that none is forgotten."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TypeVar

from tests.strangers.server import Vendor

V = TypeVar("V", bound=type[Vendor])


class Servers(dict[str, type[Vendor]]):
    """Servers by name."""

    def named(self, name: str) -> Callable[[V], V]:
        """Put a class on the list."""

        def add(cls: V) -> V:
            assert name not in self, name
            self[name] = cls
            return cls

        return add


def read_all(package: str, path: Iterable[str]) -> None:
    """Import each module of a package."""
    for module in pkgutil.iter_modules(path):
        import_module(f"{package}.{module.name}")
