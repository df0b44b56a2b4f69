"""What packages have left in a store, row by row: the bulk package that a delta is applied to.

A delta speaks of rows, and a store holds objects: a row of roles.csv that goes has an id that no object shows. So the
rows themselves are kept beside the store, as a package like any other, and a delta is applied there first.

The package bears a digest of the records that it left. A store that was synchronised, restored or emptied since is not
what it speaks of, and a delta on top of it would bring back what has changed in between.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from digione_sdk.bulk import Mode, Package, write_package
from digione_sdk.errors import ConfigurationError
from digione_sdk.synchronise.staging import private_file
from digione_sdk.synchronise.store import Store

_SUFFIX: Final = ".package.zip"


class Ledger:
    """The rows beside a store.

    Args:
        store: The store.
        kinds: Names of the kinds that packages hold.
    """

    def __init__(self, store: Store, kinds: tuple[str, ...]) -> None:
        self.path = Path(f"{store.memory}{_SUFFIX}")
        self._store = store
        self._kinds = kinds

    def speaks_of_store(self) -> bool:
        """Whether the rows are there, and the store holds what they left.

        Raises:
            ConfigurationError: The file is none of ours.
        """
        if not self.path.exists():
            return False
        try:
            with zipfile.ZipFile(self.path) as archive:
                left = archive.comment.decode("ascii", "replace")
        except (zipfile.BadZipFile, OSError):
            raise ConfigurationError(f"{self.path}: cannot be read; remove it and load a bulk package") from None
        return left == self._digest()

    def demand(self) -> None:
        """Make sure that a delta has something to be applied to.

        Raises:
            ConfigurationError: No package was loaded before, or the store has changed since.
        """
        if not self.path.exists():
            raise ConfigurationError("a delta follows a bulk package, and none was loaded into this store")
        if not self.speaks_of_store():
            raise ConfigurationError(
                "the store is not as the last package left it, so a delta cannot follow: load a bulk package"
            )

    def holds(self, name: str) -> bool:
        """Whether packages have brought rows of a file."""
        with zipfile.ZipFile(self.path) as archive:
            return f"{name}.csv" in archive.namelist()

    def written(self, rows: Package) -> Path:
        """Write the rows of a package beside the ledger, and return where; `keep` puts them in its place."""
        fresh = self.path.with_name(f"{self.path.name}.new.zip")
        private_file(fresh)
        names = [name for name in rows.files if rows.count(name)]
        content: Mapping[str, Iterator[Mapping[str, str | None]]] = {name: rows.rows(name) for name in names}
        write_package(fresh, content, version=rows.version, mode=Mode.BULK)
        fresh.chmod(0o600)
        return fresh

    def keep(self, fresh: Path) -> None:
        """Put what `written` wrote in the place of the ledger, now that the store holds what it leads to."""
        with zipfile.ZipFile(fresh, "a") as archive:
            archive.comment = self._digest().encode()
        fresh.replace(self.path)

    def _digest(self) -> str:
        digest = sha256()
        for row in self._store.held(self._kinds):
            digest.update(f"{row.kind}\0{row.sourced_id}\0{row.body}\0".encode())
        return digest.hexdigest()
