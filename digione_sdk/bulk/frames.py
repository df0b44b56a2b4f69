"""A data file as a table of other libraries: Arrow, Polars, pandas; each loaded only when asked for.

All columns are text and blank fields are null: what a value means is said by the tables, not guessed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from digione_sdk.bulk.package import Package
from digione_sdk.errors import ConfigurationError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


def to_arrow(package: Package, name: str) -> pa.Table:
    """Return a data file as an Arrow table.

    Raises:
        PackageError: The file is absent or could not be read.
        ConfigurationError: pyarrow is missing.
    """
    _need("pyarrow")
    return package.relation(name).to_arrow_table()


def to_polars(package: Package, name: str) -> pl.DataFrame:
    """Return a data file as a Polars frame.

    Raises:
        PackageError: The file is absent or could not be read.
        ConfigurationError: polars or pyarrow is missing.
    """
    _need("pyarrow", "polars")
    frame: pl.DataFrame = package.relation(name).pl()
    return frame


def to_pandas(package: Package, name: str) -> pd.DataFrame:
    """Return a data file as a pandas frame.

    Raises:
        PackageError: The file is absent or could not be read.
        ConfigurationError: pandas or pyarrow is missing.
    """
    _need("pyarrow", "pandas")
    frame: pd.DataFrame = package.relation(name).df()
    return frame


def _need(*modules: str) -> None:
    for module in modules:
        try:
            import_module(module)
        except ModuleNotFoundError:
            raise ConfigurationError(f"{module} is missing: pip install 'digione-sdk[frames]'") from None
