"""Export faults in how files become a package: the manifest, the archive, and what is in it or not."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Final

from digione_mock_server.packages.export import MANIFEST, Export, Sheet
from digione_mock_server.packages.faults.fault import Act, layer

_STARRED: Final = frozenset({"roles", "scoreScales", "userProfiles", "userResources", "users"})


def _declare(name: str, value: str) -> Act:
    return lambda export: export.declare(name, value)


def _starred(export: Export) -> None:
    for row in export.manifest.rows:
        if row[0].removeprefix("file.") in _STARRED:
            row[0] += "*"


def _blank_mode(export: Export) -> None:
    export.leave_out("demographics")
    export.declare("file.demographics", "")


def _with_extensions(export: Export) -> None:
    for row in export.manifest.rows:
        row[0] += ".csv" * row[0].startswith("file.")


def _without_row(name: str) -> Act:
    def act(export: Export) -> None:
        export.manifest.rows = [row for row in export.manifest.rows if row[0] != name]

    return act


def _present_only(export: Export) -> None:
    export.leave_out("demographics")
    export.manifest.rows = [row for row in export.manifest.rows if row[1] != "absent"]


def _headers_only(*names: str) -> Act:
    def act(export: Export) -> None:
        for name in names:
            export[name].rows.clear()

    return act


def _left_out(*names: str) -> Act:
    def act(export: Export) -> None:
        for name in names:
            export.leave_out(name)

    return act


def _wrapped(content: bytes) -> bytes:
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("export.zip", content)
    return outer.getvalue()


def _as_xml(export: Export) -> None:
    export.names[MANIFEST] = "manifest.xml"


def _again(export: Export) -> None:
    sheet: Sheet = export["orgs"]
    export.extra.append(("orgs.csv", export.dialect.text([sheet.header, *sheet.rows]).encode()))


def _wrap(act: object) -> Act:
    return lambda export: setattr(export, "wrapped", act)


FAULTS: Final = (
    *layer(
        "manifest",
        ("manifest-missing", "pitfall 73", "There is no manifest.", lambda export: export.sheets.pop(MANIFEST)),
        ("manifest-as-xml", "plausible", "The manifest is called manifest.xml.", _as_xml),
        ("manifest-row-missing", "pitfall 73", "The manifest does not tell of roles.csv.", _without_row("file.roles")),
        ("manifest-without-absent-rows", "pitfall 73", "The manifest lists what is there and nothing else.",
         _present_only),
        ("manifest-names-starred", "pitfall 73", "New files have the star of the published table in the manifest.",
         _starred),
        ("manifest-says-delta", "csv §2", "The manifest calls the files of a bulk delta.",
         lambda export: export.manifest.change("value", lambda _: "delta", where="bulk")),
        ("manifest-says-absent", "csv §2", "The manifest calls a file absent that is there.",
         _declare("file.enrollments", "absent")),
        ("manifest-promises-file", "csv §2", "The manifest calls a file bulk that is not there.",
         lambda export: export.sheets.pop("demographics")),
        ("manifest-mode-capitalised", "csv §3", "Modes in the manifest are BULK.",
         lambda export: export.manifest.change("value", str.upper, where="bulk")),
        ("manifest-mode-blank", "csv §3", "Files that are not there have a blank mode.",
         _blank_mode),
        ("manifest-mode-full", "csv §3", "The mode of a file is full.", _declare("file.users", "full")),
        ("manifest-says-1-2-1", "csv §3", "oneroster.version is 1.2.1.", _declare("oneroster.version", "1.2.1")),
        ("manifest-says-1-1", "csv §3", "A 1.2 export still says 1.1.", _declare("oneroster.version", "1.1")),
        ("manifest-of-other-version", "csv §3", "manifest.version is 1.2.", _declare("manifest.version", "1.2")),
        ("manifest-without-version", "csv §3", "The manifest does not tell its version.",
         _without_row("manifest.version")),
        ("manifest-without-oneroster-version", "csv §3", "The manifest does not tell the version of OneRoster.",
         _without_row("oneroster.version")),
        ("manifest-with-other-header", "csv §3", "The columns of the manifest are property and value.",
         lambda export: export.manifest.rename("propertyName", "property")),
        ("manifest-row-twice", "csv §3", "The manifest tells of users.csv twice, bulk and absent.",
         lambda export: export.manifest.rows.append(["file.users", "absent"])),
        ("manifest-with-file-extensions", "csv §3", "Properties of the manifest are file.users.csv.",
         _with_extensions),
        ("manifest-with-own-rows", "csv §3", "The manifest has properties of the vendor.",
         lambda export: export.manifest.rows.append(["vendor.build", "7.1"])),
    ),
    *layer(
        "container",
        ("files-in-folder", "pitfall 74", "All files are in a folder within the zip.",
         lambda export: setattr(export, "folder", "oneroster/")),
        ("file-with-header-only", "pitfall 74", "categories.csv has a header and no row.",
         _headers_only("categories", "lineItems", "results", "lineItemScoreScales", "resultScoreScales",
                       "lineItemLearningObjectiveIds", "resultLearningObjectiveIds")),
        ("name-capitalised", "csv §1", "users.csv is called Users.csv.",
         lambda export: export.names.__setitem__("users", "Users.csv")),
        ("name-in-lower-case", "csv §1", "academicSessions.csv is called academicsessions.csv.",
         lambda export: export.names.__setitem__("academicSessions", "academicsessions.csv")),
        ("name-with-date", "csv §1", "enrollments.csv has the day of the export in its name.",
         lambda export: export.names.__setitem__("enrollments", "enrollments_20261123.csv")),
        ("name-as-text", "csv §1", "orgs.csv is called orgs.txt.",
         lambda export: export.names.__setitem__("orgs", "orgs.txt")),
        ("note-beside", "csv §1", "The zip holds a README.txt.",
         lambda export: export.extra.append(("README.txt", b"Export of 23 November\r\n"))),
        ("own-file-beside", "csv §1", "The zip holds a csv file of the vendor.",
         lambda export: export.extra.append(("schedules.csv", b"sourcedId,room\r\n1,A2\r\n"))),
        ("leftovers-of-a-desktop", "plausible", "The zip holds the hidden files of a desktop.",
         lambda export: export.extra.append(("__MACOSX/._users.csv", b"\0\5\x16\7"))),
        ("file-twice", "csv §1", "orgs.csv is in the zip twice.", _again),
        ("zip-in-zip", "plausible", "The zip holds one zip with the package.", _wrap(_wrapped)),
        ("gzip-called-zip", "csv §1", "The package is gzip and is called zip.",
         _wrap(lambda content: gzip.compress(content, mtime=0))),
        ("zip-cut-short", "plausible", "The transfer of the zip broke off.", _wrap(lambda content: content[:-2_000])),
        ("zip-with-bzip2", "csv §1", "Entries are compressed with bzip2, not deflate.",
         lambda export: setattr(export, "compression", zipfile.ZIP_BZIP2)),
        ("roles-left-out", "csv §6", "There are users and no roles.csv.", _left_out("roles")),
        ("classes-left-out", "csv §6", "There are enrolments and no classes.csv.", _left_out("classes")),
        ("orgs-left-out", "csv §6", "There is no orgs.csv: the receiver knows the schools.", _left_out("orgs")),
        ("sessions-left-out", "csv §6", "There is no academicSessions.csv.", _left_out("academicSessions")),
        ("users-left-out", "csv §6", "There are enrolments and no users.csv.", _left_out("users")),
        ("enrollments-only", "csv §6", "A bulk holds enrolments alone.",
         lambda export: _left_out(*(set(export.sheets) - {MANIFEST, "enrollments"}))(export)),
    ),
)  # fmt: skip
