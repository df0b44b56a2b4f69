"""The checks, one file per area; `load_checks` imports them all, those of the other stages too: that registers them."""

from importlib import import_module
from pkgutil import iter_modules

from digione_conformance import stages
from digione_conformance.probing.check import REGISTRY, Registry


def load_checks() -> Registry:
    """Import every module of this package and of the other stages, and return the registry."""
    for package in (stages.__name__, __name__):
        for module in iter_modules(import_module(package).__path__):
            import_module(f"{package}.{module.name}")
    return REGISTRY
