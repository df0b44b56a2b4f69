"""What installed packages offer to the `digione` command under a name, so that it imports none of them."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from digione_sdk.errors import ConfigurationError


def loaded(group: str, name: str) -> Any:
    """Return what an installed package offers under that name.

    Raises:
        ConfigurationError: Nothing does.
    """
    found = [entry for entry in entry_points(group=group) if entry.name == name]
    if not found:
        raise ConfigurationError(f"no {name} in {group}: pip install 'digione-sdk[conformance,server]'")
    return found[0].load()
