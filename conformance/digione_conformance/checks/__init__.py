"""The checks, one file per area; `load_checks` imports them all, which registers them."""

from importlib import import_module
from pkgutil import iter_modules

from digione_conformance.probing.check import REGISTRY, Registry


def load_checks() -> Registry:
    """Import every module of this package and return the registry."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return REGISTRY
