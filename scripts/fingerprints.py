"""What tells one version of a requirement's checks from another: the code of the functions, and of what they call."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from digione_conformance.probing.check import Registry

_OURS = "digione_conformance."


def fingerprint(requirement: str, registry: Registry) -> str:
    """Return a short hash over the checks that decide a requirement.

    It covers functions of the suite, however deep they are called, and no constants: a change of those alone is told to
    the recorder by `--anew`.
    """
    functions = [check.function for check in registry.deciding(requirement)]
    sources = sorted({inspect.getsource(function) for each in functions for function in _called(each, set())})
    return hashlib.sha256("".join(sources).encode()).hexdigest()[:8]


def _called(function: Any, seen: set[Any]) -> Iterator[FunctionType]:
    """Yield a function and all functions of the suite's checks and relations that it names, each once."""
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType) or function in seen or not function.__module__.startswith(_OURS):
        return
    seen.add(function)
    yield function
    for name in _names(function.__code__):
        yield from _called(function.__globals__.get(name), seen)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):  # a comprehension, or a function within
            yield from _names(constant)
