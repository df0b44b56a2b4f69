"""Export faults in how rows become text and text becomes bytes: separators, quotes, line ends, encodings."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Final

from digione_mock_server.packages.export import MANIFEST, Dialect, Export
from digione_mock_server.packages.faults.fault import Act, layer


def _edit(edit: Callable[[bytes], bytes], *, only: str | None = None) -> Act:
    """Change the bytes of every data file, or of one."""

    def edited(name: str, content: bytes) -> bytes:
        return edit(content) if name == only or (only is None and name != MANIFEST) else content

    return lambda export: export.edits.append(edited)


def _dialect(dialect: Dialect) -> Act:
    return lambda export: setattr(export, "dialect", dialect)


def _encoding(name: str) -> Act:
    return lambda export: setattr(export, "encoding", name)


def _broken_line(export: Export) -> None:
    export["lineItems"].change("description", lambda text: f"{text}\n- kappaleet 1 ja 2", first=2)


def _unquoted_comma(export: Export) -> None:
    export["lineItems"].change("title", lambda text: f"{text}, uusinta", first=3)
    export.dialect = Dialect(naive=True)


def _slashed_quotes(export: Export) -> None:
    export["orgs"].change("name", lambda text: f'{text} "Utula"', first=2)
    export.dialect = Dialect(escape="\\")


def _portraits(export: Export) -> None:
    users = export["users"]
    users.insert(len(users.header), "metadata.portrait")
    users.fill("metadata.portrait", "iVBORw0KGgo" * (3 << 20 >> 3), first=2)


def _bare_quotes(content: bytes) -> bytes:
    first, *rest = content.split(b"\r\n")
    return b"\r\n".join([first, rest[0].replace(b",", b',5" ', 4), *rest[1:]])


def _mixed(content: bytes) -> bytes:
    """Parts of a file come from two systems; one of them is very old."""
    lines = content.split(b"\r\n")
    half = len(lines) // 2
    return b"\r\n".join(lines[:half]) + b"\r" + b"\r".join(lines[half:])


def _ragged(content: bytes) -> bytes:
    """Blank fields at the end of a row are not written."""
    return b"\r\n".join(row.rstrip(b",") for row in content.split(b"\r\n"))


def _spaced(content: bytes) -> bytes:
    first, *rest = content.split(b"\r\n")
    return b"\r\n".join([first, *(row.replace(b",", b", ") for row in rest)])


def _empty_rows(content: bytes) -> bytes:
    lines = content.split(b"\r\n")
    return b"\r\n".join([*lines[:3], b"", *lines[3:-1], b"," * lines[0].count(b","), b""])


def _totals(content: bytes) -> bytes:
    return content + b"Total: %d rows\r\n" % (content.count(b"\r\n") - 1)


def _truncated(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def _half_letters(content: bytes) -> bytes:
    """Two systems wrote into one file: the later rows are Latin-1."""
    half = content.rfind(b"\n", 0, len(content) // 2) + 1
    return content[:half] + content[half:].decode().encode("latin-1", "replace")


def _latin(content: bytes) -> bytes:
    return content.decode().encode("latin-1", "replace")


FAULTS: Final = layer(
    "dialect",
    ("utf-16", "csv §1", "Files are UTF-16 with a byte order mark.", _encoding("utf-16")),
    ("latin-1", "csv §1", "Files are Latin-1.", _encoding("latin-1")),
    ("latin-1-in-users", "csv §1", "users.csv alone is Latin-1.", _edit(_latin, only="users")),
    ("latin-1-after-half", "plausible", "The second half of users.csv is Latin-1.", _edit(_half_letters, only="users")),
    ("letters-encoded-twice", "plausible", "UTF-8 is encoded in UTF-8 again.",
     _edit(lambda content: content.decode().encode().decode("latin-1").encode())),
    ("letters-lost", "plausible", "Letters beyond ASCII became U+FFFD before the export.",
     _edit(lambda content: content.decode().encode("ascii", "replace").replace(b"?", "\ufffd".encode()), only="users")),
    ("mark-in-the-middle", "pitfall 70", "Two files, each with its byte order mark, were joined into one.",
     _edit(lambda content: content.replace(b"\r\n", b"\r\n" + codecs.BOM_UTF8, 2), only="orgs")),
    ("mark-twice", "pitfall 70", "users.csv begins with two byte order marks: it was opened and saved on its way.",
     _edit(lambda content: codecs.BOM_UTF8 * 2 + content, only="users")),
    ("portraits-in-rows", "plausible", "users.csv carries portraits as text, megabytes in a row.", _portraits),
    ("semicolons", "csv §1", "Fields are parted by semicolons.", _dialect(Dialect(delimiter=";"))),
    ("tabs", "csv §1", "Fields are parted by tabs.", _dialect(Dialect(delimiter="\t"))),
    ("apostrophes-quote", "csv §1", "Fields are quoted with apostrophes.", _dialect(Dialect(quote="'"))),
    ("quotes-escaped-by-backslash", "csv §1", "A quote within a field follows a backslash.", _slashed_quotes),
    ("quotes-bare", "csv §1", "Quotes stand in fields that are not quoted.", _edit(_bare_quotes, only="orgs")),
    ("comma-unquoted", "csv §1", "A title with a comma is not quoted.", _unquoted_comma),
    ("line-break-in-field", "csv §1", "A description goes over two lines.", _broken_line),
    ("line-ends-mixed", "plausible", "The second half of users.csv has line ends of another system.",
     _edit(_mixed, only="users")),
    ("row-ends-in-comma", "plausible", "Every row of data ends in one comma more than the header.",
     _edit(lambda content: content.replace(b"\r\n", b",\r\n").replace(b",\r\n", b"\r\n", 1))),
    ("blank-fields-at-end-dropped", "plausible", "Rows end with their last filled field.",
     _edit(_ragged, only="users")),
    ("fields-padded", "plausible", "A space follows every comma.", _edit(_spaced, only="enrollments")),
    ("empty-rows", "plausible", "users.csv has an empty row, and one of commas alone at its end.",
     _edit(_empty_rows, only="users")),
    ("totals-row", "plausible", "The last line counts the rows.", _edit(_totals, only="users")),
    ("separator-line", "plausible", "Files begin with sep=, for a spreadsheet.",
     _edit(lambda content: b"sep=,\r\n" + content)),
    ("comment-line", "plausible", "orgs.csv begins with a comment.",
     _edit(lambda content: b"# exported 2026-11-23\r\n" + content, only="orgs")),
    ("file-cut-short", "plausible", "enrollments.csv ends in the middle of a row.",
     _edit(_truncated, only="enrollments")),
    ("nul-bytes", "plausible", "Fixed-width fields are filled with NUL.",
     _edit(lambda content: content.replace(b"\r\n", b"\0\0\r\n"), only="courses")),
    ("file-empty", "plausible", "courses.csv has no byte.", _edit(lambda _: b"", only="courses")),
    ("file-is-html", "plausible", "demographics.csv is the error page of a report server.",
     _edit(lambda _: b"<!doctype html><title>502 Bad Gateway</title>\n", only="demographics")),
)  # fmt: skip
