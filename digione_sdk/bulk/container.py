"""The zip or folder that a package comes in: its members, and their bytes, streamed and bounded.

Nothing is ever written to a place that a member names: a name with a path is refused, and files are unpacked under
names of our own.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Protocol, TypeVar

from digione_sdk.bulk.limits import MIB, Limits
from digione_sdk.errors import PackageError

_T = TypeVar("_T")

CHUNK: Final = MIB // 16
"""Small enough to stay in the cache of a processor while it is looked through: that takes half as long as in MiBs."""
_ESCAPES: Final = re.compile(r"^(?:[A-Za-z]:|/)|\\|(?:^|/)\.\.(?:/|$)|[\x00-\x1f]")
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_ZIP: Final = b"PK\x03\x04"
_LONGEST_NAME: Final = 60


class Container(Protocol):
    """What a package comes in."""

    @property
    def members(self) -> tuple[str, ...]:
        """Names of all files, folders before them included, as `folder/users.csv`."""

    def chunks(self, member: str) -> Iterator[bytes]:
        """Yield the bytes of a member."""


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Container]:
    """Open the zip or folder at `path`.

    Raises:
        PackageError: It is neither, cannot be read, or holds what no package may: a path that leads out of it, two
            members of one name, an encrypted member, too many members.
    """
    if path.is_dir():
        yield Folder(path, limits)
        return
    if not path.is_file():
        raise PackageError("no such file or folder", file=path.name)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError):
        what = "a zip that is broken or cut off" if _begins_as_zip(path) else "no zip: a package is a zip, or a folder"
        raise PackageError(what, file=path.name) from None
    except OSError as error:
        raise PackageError(f"cannot be opened ({type(error).__name__})", file=path.name) from None
    with archive:
        yield Zip(archive, path, limits)


def _begins_as_zip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(_ZIP)) == _ZIP


class Folder:
    """A folder with the files of a package in it."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._left = _Budget(limits)
        self.members = tuple(
            sorted(
                entry.relative_to(path).as_posix()
                for entry in _bounded(path.rglob("*"), limits)
                if not entry.is_dir() and not entry.name.startswith(".")
            )
        )

    def chunks(self, member: str) -> Iterator[bytes]:
        """Yield the bytes of a file.

        Raises:
            PackageError: It is no regular file, cannot be read, or is too large.
        """
        path = self._path / member
        if not path.is_file():  # a pipe would never end
            raise PackageError("not a regular file", file=member)
        try:
            with path.open("rb") as stream:
                yield from self._left.chunks(stream, member)
        except OSError as error:
            raise PackageError(f"cannot be read ({type(error).__name__})", file=member) from None

    def path_of(self, member: str) -> Path:
        """Return where the file stands; it need not be copied to be read."""
        return self._path / member


class Zip:
    """A zip with the files of a package in it."""

    def __init__(self, archive: zipfile.ZipFile, path: Path, limits: Limits) -> None:
        self._archive = archive
        self._left = _Budget(limits)
        self._entries = _entries(archive, path, limits)
        self.members = tuple(self._entries)

    def chunks(self, member: str) -> Iterator[bytes]:
        """Yield the bytes of a member, unpacked.

        Raises:
            PackageError: It is broken, encrypted, packed in an unknown way, or unpacks to far more than an honest file.
        """
        entry = self._entries[member]
        try:
            with self._archive.open(entry) as stream:
                yield from self._left.chunks(stream, member, packed=entry.compress_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            raise PackageError("cannot be unpacked: the zip is damaged", file=member) from None


def _entries(archive: zipfile.ZipFile, path: Path, limits: Limits) -> Mapping[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in _bounded(iter(archive.infolist()), limits):
        # Python has replaced backslashes and cut at a NUL already: what the archive itself says is judged.
        if _ESCAPES.search(entry.orig_filename):
            # Escaped and cut: a name by a stranger must not steer the terminal.
            name = ascii(entry.orig_filename[:_LONGEST_NAME])
            raise PackageError(f"a member's name leads out of the package: {name}", file=path.name)
        if entry.is_dir():
            continue
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise PackageError("is a link", file=entry.filename)
        if entry.filename in found:
            raise PackageError("stands twice in the zip", file=entry.filename)
        if entry.flag_bits & _ENCRYPTED:
            raise PackageError("is encrypted", file=entry.filename)
        if entry.compress_type not in _METHODS:
            raise PackageError("is packed by another method than deflate (RFC 1951)", file=entry.filename)
        found[entry.filename] = entry
    return found


def _bounded(entries: Iterator[_T], limits: Limits) -> Iterator[_T]:
    for number, entry in enumerate(entries):
        if number >= limits.members:
            raise PackageError(f"more than {limits.members} members")
        yield entry


class _Budget:
    """Counts what is read over all members."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._total = 0

    def chunks(self, stream: IO[bytes], member: str, *, packed: int | None = None) -> Iterator[bytes]:
        """Yield what a stream holds, piece by piece.

        Raises:
            PackageError: It is more than the limits allow, of a member, of the package, or for its packed size.
        """
        here = 0
        while chunk := stream.read(CHUNK):
            here += len(chunk)
            self._total += len(chunk)
            if self._total > self._limits.total_bytes:
                raise PackageError(f"unpacks to more than {self._limits.total_bytes} bytes in all", file=member)
            if packed is not None and here > max(self._limits.ratio_from, packed * self._limits.ratio):
                raise PackageError(f"unpacks to more than {self._limits.ratio} times its size", file=member)
            yield chunk
