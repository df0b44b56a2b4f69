"""A package is opened as what it is, and refused where it must be; nothing stays behind."""

from __future__ import annotations

import csv
import io
import stat
import tempfile
import warnings
import zipfile
from pathlib import Path

import pytest

from digione_sdk.bulk import Limits, Mode, Version, open_package
from digione_sdk.errors import PackageError
from tests.bulk import small


@pytest.fixture(autouse=True)
def _nothing_stays(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    yield
    assert list(scratch.iterdir()) == []


def spoiled(path: Path, **files: bytes) -> list[tuple[str, str, int | None]]:
    """What opening says of a school whose files are replaced by these."""
    written = small.files(small.school()) | {f"{name}.csv": content for name, content in files.items()}
    with open_package(small.in_folder(path / "school", written), strict=False) as package:
        return [(one.rule, one.file, one.row) for one in package.findings]


ORGS = small.files(small.school())["orgs.csv"]


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("zipped", [True, False])
def test_a_package_of_each_version_is_read_back_whole(version, zipped, tmp_path) -> None:
    rows = small.school(version, gradebook=True)
    if version is Version.V1P2:
        rows["users"][0]["resourceSourcedIds"] = "m-1"
    if version is Version.V1P1:  # the gradebook of this school is one of 1.2
        rows = {name: kept for name, kept in rows.items() if name not in {"lineItems", "results", "categories"}}
    written = small.files(rows, version)
    path = small.in_zip(tmp_path / "s.zip", written) if zipped else small.in_folder(tmp_path / "s", written)
    with open_package(path) as package:
        assert package.version is version
        assert package.findings == ()
        assert set(package.files) == set(rows)
        assert set(package.modes.values()) == {Mode.BULK}
        for name, kept in rows.items():
            read = [{column: text for column, text in row.items() if text} for row in package.rows(name)]
            assert read == kept
            assert package.count(name) == len(kept)
        assert package.count("results") == len(rows.get("results", []))


def test_files_stand_root_causes_first(tmp_path) -> None:
    with open_package(small.in_folder(tmp_path / "s", small.files(small.school()))) as package:
        assert list(package.files)[:5] == ["orgs", "academicSessions", "courses", "classes", "users"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../users.csv", "leads out"),
        ("/users.csv", "leads out"),
        ("C:users.csv", "leads out"),
        ("a\\..\\users.csv", "leads out"),
        ("a/../../users.csv", "leads out"),
        ("us\ners.csv", "leads out"),
    ],
)
def test_a_member_that_leads_out_is_refused(name, why, tmp_path) -> None:
    path = small.in_zip(tmp_path / "s.zip", small.files(small.school()) | {name: ORGS})
    with pytest.raises(PackageError, match=why), open_package(path):
        pass
    assert sorted(each.name for each in tmp_path.iterdir()) == ["s.zip", "scratch"]


def test_a_member_that_stands_twice_is_refused(tmp_path) -> None:
    path = small.in_zip(tmp_path / "s.zip", small.files(small.school()))
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("orgs.csv", ORGS)
    with pytest.raises(PackageError, match=r"orgs\.csv: stands twice"), open_package(path):
        pass


def test_an_encrypted_member_is_refused(tmp_path) -> None:
    path = small.in_zip(tmp_path / "s.zip", small.files(small.school()))
    content = bytearray(path.read_bytes())
    place = content.rindex(b"PK\x01\x02")
    content[place + 8] |= 1  # general purpose flag, bit 0: encrypted
    path.write_bytes(content)
    with pytest.raises(PackageError, match="is encrypted"), open_package(path):
        pass


def test_another_packing_than_deflate_is_refused(tmp_path) -> None:
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("orgs.csv", ORGS)
    with pytest.raises(PackageError, match=r"orgs\.csv: is packed by another method than deflate"), open_package(path):
        pass


def test_a_link_in_a_zip_is_refused(tmp_path) -> None:
    entry = zipfile.ZipInfo("orgs.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "/etc/hostname")
    with pytest.raises(PackageError, match=r"orgs\.csv: is a link"), open_package(path):
        pass


def test_a_bomb_is_refused_by_its_ratio_while_it_unpacks(tmp_path) -> None:
    path = small.in_zip(tmp_path / "s.zip", {"orgs.csv": ORGS + b"x" * 4_000_000})
    with (
        pytest.raises(PackageError, match=r"orgs\.csv: unpacks to more than 250 times"),
        open_package(path, limits=Limits(ratio_from=1_000_000)),
    ):
        pass


@pytest.mark.parametrize("zipped", [True, False])
def test_a_package_larger_than_the_bound_is_refused(zipped, tmp_path) -> None:
    written = small.files(small.school())
    path = small.in_zip(tmp_path / "s.zip", written) if zipped else small.in_folder(tmp_path / "s", written)
    with pytest.raises(PackageError, match="more than 500 bytes in all"), open_package(path, limits=Limits(500)):
        pass


def test_more_members_than_the_bound_are_refused(tmp_path) -> None:
    path = small.in_zip(tmp_path / "s.zip", {f"{number}.txt": b"" for number in range(11)})
    with pytest.raises(PackageError, match="more than 10 members"), open_package(path, limits=Limits(members=10)):
        pass


@pytest.mark.parametrize("content", [b"", b"PK", b"sourcedId,status\r\n", b"PK\x03\x04" + b"\0" * 40])
def test_what_is_no_zip_is_refused(content, tmp_path) -> None:
    path = tmp_path / "s.zip"
    path.write_bytes(content)
    with pytest.raises(PackageError, match=r"s\.zip: (no zip|a zip that is broken)"), open_package(path):
        pass


def test_a_member_that_leads_out_is_named_and_cannot_steer_a_terminal(tmp_path) -> None:
    path = small.in_zip(tmp_path / "s.zip", {"orgs.csv": ORGS, "../\x1b[2J.csv": b""})
    with pytest.raises(PackageError) as refused, open_package(path):
        pass
    assert str(refused.value).endswith(r"leads out of the package: '../\x1b[2J.csv'")


def test_a_broken_member_is_refused(tmp_path) -> None:
    path = small.in_zip(tmp_path / "s.zip", {"orgs.csv": ORGS * 50})
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(PackageError, match=r"orgs\.csv: cannot be unpacked"), open_package(path):
        pass


@pytest.mark.parametrize("folder", [True, False])
def test_a_package_without_csv_is_refused(folder, tmp_path) -> None:
    path = small.in_folder(tmp_path / "s", {}) if folder else small.in_zip(tmp_path / "s.zip", {"a.txt": b"a"})
    with pytest.raises(PackageError, match="holds no CSV file"), open_package(path):
        pass


def test_no_such_path_is_refused(tmp_path) -> None:
    with pytest.raises(PackageError, match="no such file"), open_package(tmp_path / "none"):
        pass


def test_files_in_a_folder_are_found_and_reported(tmp_path) -> None:
    written = {f"school/{name}": content for name, content in small.files(small.school()).items()}
    with open_package(small.in_zip(tmp_path / "s.zip", written), strict=False) as package:
        assert package.count("users") == 2
        assert {one.rule for one in package.findings} == {"CSV-PKG-001"}
        assert len(package.findings) == len(written)


def test_other_files_are_reported_with_the_name_that_was_meant(tmp_path) -> None:
    written = small.files(small.school()) | {"Roles.csv": b"x", "readme.txt": b"x"}
    with open_package(small.in_folder(tmp_path / "s", written), strict=False) as package:
        told = [one.message.en for one in package.findings]
        assert [one.rule for one in package.findings] == ["CSV-PKG-002"] * 2
        assert any("Roles.csv" in text and "(roles.csv)" in text for text in told)


def test_utf16_is_named_and_the_other_files_are_read(tmp_path) -> None:
    for content in (ORGS.decode().encode("utf-16"), ORGS.decode().encode("utf-16-le")):
        assert spoiled(tmp_path, orgs=content) == [("CSV-FILE-001", "orgs.csv", 1)]


def test_latin_1_is_told_with_its_row(tmp_path) -> None:
    sessions = small.files(small.school())["academicSessions.csv"].decode().encode("latin-1")
    assert spoiled(tmp_path, academicSessions=sessions) == [("CSV-FILE-001", "academicSessions.csv", 4)]


def test_a_letter_cut_at_the_end_of_the_file_is_told(tmp_path) -> None:
    assert spoiled(tmp_path, orgs=ORGS.rstrip(b"\r\n") + "ä".encode()[:1])[0][0] == "CSV-FILE-001"


def test_a_nul_is_told_with_its_row(tmp_path) -> None:
    assert spoiled(tmp_path, orgs=ORGS.replace(b"Testikunta", b"Testi\0kunta")) == [("CSV-FILE-009", "orgs.csv", 2)]


def test_a_bom_is_tolerated_and_noted(tmp_path) -> None:
    assert spoiled(tmp_path, orgs=b"\xef\xbb\xbf" + ORGS) == [("CSV-FILE-002", "orgs.csv", 1)]


@pytest.mark.parametrize(("end", "told"), [(b"\r\n", []), (b"\n", []), (b"\r", [("CSV-FILE-010", "orgs.csv", None)])])
def test_line_ends_are_read_whatever_they_are(end, told, tmp_path) -> None:
    content = ORGS.replace(b"\r\n", end)
    assert spoiled(tmp_path, orgs=content) == told
    assert spoiled(tmp_path, orgs=content.removesuffix(end)) == told


def test_mixed_line_ends_are_read_and_told(tmp_path) -> None:
    assert spoiled(tmp_path, orgs=ORGS.replace(b"\r\n", b"\n", 1)) == [("CSV-FILE-010", "orgs.csv", None)]


def test_a_header_without_rows_is_told(tmp_path) -> None:
    header = ORGS.splitlines(keepends=True)[0]
    assert spoiled(tmp_path, orgs=header) == [("CSV-FILE-005", "orgs.csv", None)]
    assert spoiled(tmp_path, orgs=header.rstrip()) == [("CSV-FILE-005", "orgs.csv", None)]


def test_an_empty_file_is_told(tmp_path) -> None:
    assert spoiled(tmp_path, orgs=b"") == [("CSV-FILE-003", "orgs.csv", 1)]


def test_a_line_break_in_a_field_is_told(tmp_path) -> None:
    for broken in (b'"Testi\r\nkunta"', b'"Testi\nkunta"', b'"Testi\n\nkunta"'):
        assert spoiled(tmp_path, orgs=ORGS.replace(b"Testikunta", broken)) == [("CSV-FILE-008", "orgs.csv", 2)]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (b"o-3,,,A,school,", "CSV-FILE-006"),
        (b"o-3,,,A,school,,,x,", "CSV-FILE-006"),
        (b"", "CSV-FILE-006"),
        (b'o-3,,,"A"B,school,,', "CSV-FILE-007"),
        (b"o-3,,," + b"x" * 3000 + b",school,,", "CSV-FILE-011"),
    ],
)
def test_a_row_that_cannot_be_split_is_told_and_the_rest_is_read(row, rule, tmp_path) -> None:
    head, *rows = ORGS.splitlines()
    content = b"\r\n".join([head, rows[0], row, rows[1]])
    written = small.files(small.school()) | {"orgs.csv": content}
    path = small.in_folder(tmp_path / "s", written)
    with open_package(path, strict=False, limits=Limits(line_bytes=2000)) as package:
        assert [(one.rule, one.row) for one in package.findings] == [(rule, 3)]
        assert [row["sourcedId"] for row in package.rows("orgs")] == ["o-1", "o-2"]
        assert [package.files["orgs"].lines.of(number) for number in range(2)] == [2, 4]
    with pytest.raises(PackageError, match=r"orgs\.csv, row 3"), open_package(path, limits=Limits(line_bytes=2000)):
        pass


@pytest.mark.parametrize("more", [b",", b",,,"])
def test_blank_fields_beyond_the_last_column_are_told(more, tmp_path) -> None:
    assert spoiled(tmp_path, orgs=ORGS.replace(b"district,,", b"district,," + more)) == [
        ("CSV-FILE-006", "orgs.csv", 2)
    ]


def test_an_open_quote_swallows_the_rest_and_is_told_once(tmp_path) -> None:
    assert spoiled(tmp_path, orgs=ORGS.replace(b"Testikunta", b'"Testikunta')) == [("CSV-FILE-007", "orgs.csv", 2)]
    assert spoiled(tmp_path, orgs=ORGS.replace(b"Testikunta", b'Testi"kunta')) == [("CSV-FILE-007", "orgs.csv", 2)]
    assert spoiled(tmp_path, orgs=ORGS.replace(b"Testikunta", b'Testi"ku"nta')) == [("CSV-FILE-007", "orgs.csv", 2)]
    assert spoiled(tmp_path, orgs=ORGS.replace(b"Testikunta", b'"Testi""ku""nta, ""A"""')) == []


def test_with_too_many_unreadable_rows_a_file_is_not_read(tmp_path) -> None:
    written = small.files(small.school()) | {"orgs.csv": ORGS + b"a,b\r\n" * 30}
    path = small.in_folder(tmp_path / "s", written)
    with open_package(path, strict=False, limits=Limits(unreadable_rows=20)) as package:
        assert not package.files["orgs"].readable
        assert [(one.rule, one.row) for one in package.findings] == [("CSV-FILE-006", 4)]
        with pytest.raises(PackageError, match=r"orgs\.csv: could not be read"):
            list(package.rows("orgs"))


def header_of(table: str, *columns: str) -> bytes:
    rows = list(csv.reader(io.StringIO(small.files(small.school())[f"{table}.csv"].decode())))
    return small.as_csv([list(columns), *(row[: len(columns)] + [""] * (len(columns) - len(row)) for row in rows[1:])])


FIRST = ("sourcedId", "status", "dateLastModified")


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ((*FIRST, "name", "type", "identifier"), [("CSV-FILE-003", "parentSourcedId")]),
        ((*FIRST, "type", "name", "identifier", "parentSourcedId"), [("CSV-FILE-003", "type")]),
        ((*FIRST, "Name", "type", "identifier", "parentSourcedId"), [("CSV-FILE-003", "Name")]),
        ((*FIRST, "name", "type", "identifier", "parentSourcedId", "x"), [("CSV-FILE-004", "x")]),
        ((*FIRST, "name", "type", "identifier", "parentSourcedId", "metadata.x", "metadata.y"), []),
        ((*FIRST, "name", "type", "identifier", "parentSourcedId", "metadata."), [("CSV-FILE-004", "metadata.")]),
        ((*FIRST, "metadata.x", "name", "type", "identifier", "parentSourcedId"), [("CSV-FILE-004", "metadata.x")]),
        ((*FIRST, "name", "name", "type", "identifier", "parentSourcedId"), [("CSV-FILE-003", "name")]),
    ],
)
def test_a_header_is_held_to_the_letter(columns, told, tmp_path) -> None:
    written = small.files(small.school()) | {"orgs.csv": header_of("orgs", *columns)}
    with open_package(small.in_folder(tmp_path / "s", written), strict=False) as package:
        assert [(one.rule, one.column) for one in package.findings] == told


def test_further_columns_that_differ_in_case_alone_are_both_read(tmp_path) -> None:
    lines = ORGS.decode().splitlines()
    content = "\r\n".join([f"{lines[0]},metadata.a,metadata.A", *(f"{line},1,2" for line in lines[1:])]).encode()
    written = small.files(small.school()) | {"orgs.csv": content}
    with open_package(small.in_folder(tmp_path / "s", written)) as package:
        assert list(next(package.rows("orgs")).values())[-2:] == ["1", "2"]


def test_a_manifest_that_cannot_be_read_is_refused(tmp_path) -> None:
    for content in (b"\xff\xfea\0", b"propertyName,value\r\n\xe4,1", b'propertyName,value\r\n"a"b,1\r\n'):
        path = small.in_folder(tmp_path / "s", small.files(small.school()) | {"manifest.csv": content})
        with pytest.raises(PackageError, match=r"manifest\.csv: "), open_package(path):
            pass


def test_an_unknown_version_is_refused(tmp_path) -> None:
    written = small.files(small.school())
    written["manifest.csv"] = written["manifest.csv"].replace(b"oneroster.version,1.2", b"oneroster.version,2.0")
    path = small.in_folder(tmp_path / "s", written)
    with pytest.raises(PackageError, match=r"manifest\.csv: oneroster\.version"), open_package(path):
        pass
    with open_package(path, version="1.2.1") as package:
        assert package.version is Version.V1P2P1


@pytest.mark.parametrize("version", list(Version))
def test_without_a_manifest_the_columns_tell_the_version(version, tmp_path) -> None:
    written = small.files(small.school(version), version)
    del written["manifest.csv"]
    with open_package(small.in_folder(tmp_path / "s", written)) as package:
        assert package.version is version


def test_rows_that_are_filled_make_a_delta_whatever_the_manifest_says(tmp_path) -> None:
    rows = small.school()
    for row in rows["orgs"]:
        row |= {"status": "active", "dateLastModified": "2026-11-01T00:00:00.000Z"}
    rows["users"][0]["status"] = "active"
    with open_package(small.in_folder(tmp_path / "s", small.files(rows))) as package:
        assert package.modes["orgs"] is Mode.DELTA
        assert package.modes["users"] is Mode.BULK
