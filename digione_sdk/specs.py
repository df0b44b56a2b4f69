"""Find the `specs/` folder: the copy inside an installed wheel, else the checkout's own."""

from importlib.resources import files
from pathlib import Path

from digione_sdk.errors import ConfigurationError


def specs_root() -> Path:
    """Return the folder that holds the OpenAPI documents, requirements, codes and policies.

    Raises:
        ConfigurationError: Neither the packaged copy nor a checkout is there; the message names both places.
    """
    packaged = Path(str(files("digione_sdk"))) / "_specs"
    if packaged.is_dir():
        return packaged
    checkout = Path(__file__).resolve().parents[1] / "specs"
    if checkout.is_dir():
        return checkout
    raise ConfigurationError(f"the specs folder is neither at {packaged} nor at {checkout}: install digione-sdk again")
