"""Names for people who do not exist.

Given names are ordinary ones that thousands bear. Surnames and place names are put together from plain words of tales
and weather (Satu, Loru, Utu ...) with the endings that Finnish, Swedish, Sámi, Somali, Russian and Estonian names have:
they look right and are nobody's. All are our own short lists; no register was sampled (privacy.md §4).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from digione_mock_server.seed.plan import Stream


class Language(NamedTuple):
    """Given names and surnames that go together.

    Given names come in two lists, so that a person's names agree with each other; adults have lists of their own.
    """

    children: tuple[tuple[str, ...], tuple[str, ...]]
    adults: tuple[tuple[str, ...], tuple[str, ...]]
    surnames: tuple[str, ...]


def _given(one: str, other: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(one.split()), tuple(other.split())


def _compounds(fronts: str, backs: str) -> tuple[str, ...]:
    return tuple(front + back for front in fronts.split() for back in backs.split())


FINNISH: Final = Language(
    _given(
        "Aino Helmi Sofia Ella Aada Lumi Isla Eevi Venla Olivia Pihla Hilla Siiri Mila Enni Ronja Viivi Iida Kerttu "
        "Inka Elsa Kaarina Maria Anni Säde Päivikki Eeva-Maija Anna-Liisa",
        "Eino Väinö Leo Onni Elias Toivo Oliver Vilho Emil Noel Eeli Niilo Leevi Oiva Hugo Joel Kasper Aaro Arvo Otso "
        "Urho Aarni Veikko Yrjö Johannes Matti Olavi Veli-Matti",
    ),
    _given(
        "Päivi Tiina Sari Minna Kirsi Jaana Riitta Anneli Hannele Liisa Heli Sanna Laura Johanna Katja Anu Sirkka "
        "Marjo Outi Kati Hanna Anna-Liisa Eeva-Maija",
        "Jukka Petri Marko Teemu Heikki Pekka Mikael Kalevi Juhani Antero Tapani Jyrki Jari Timo Sami Mika Janne Ville "
        "Antti Kimmo Vesa Yrjö Juha-Pekka",
    ),
    (
        *_compounds(
            "Satu Tarina Loru Runo Taru Utu Kaiku Haave Unelma Keiju Sarastus Kipinä Sävel Arvoitus Pöllö Hämärä",
            "lampi kivi ranta niemi koski mäki järvi harju lahti puro niitty pelto saari kangas vaara",
        ),
        *_compounds("Satu Tarina Loru Runo Taru Kaiku Haave Unelma Keiju Pöllö Testi", "nen"),
        *("Esimerkki", "Mallikas", "Näytelä", "Kokeilija", "Sepitelmä"),
    ),
)
_SWEDISH_GIVEN: Final = _given(
    "Alma Saga Elin Märta Linnéa Astrid Freja Ebba Signe Åsa", "Axel Åke Björn Göran Gösta Måns Sören Rasmus Nils Östen"
)
SWEDISH: Final = Language(
    _SWEDISH_GIVEN,
    _SWEDISH_GIVEN,
    _compounds("Sago Vis Rim Drömme Dimma Gåt Älv", "ström sund berg holm lund å fors ås"),
)
_SAMI_GIVEN: Final = _given(
    "Áile Máret Elle Biret Rávdná Sárá Ŋárra", "Niillas Ánte Jouná Áslat Nils-Ánte Heaika Máhtte"
)
SAMI: Final = Language(
    _SAMI_GIVEN,
    _SAMI_GIVEN,
    (
        *_compounds("Máinnas Násti Muohta Čáhce Beaive Ŋuohta", "jávri johka várri njárga luokta"),
        *("Näkkälöjärvi", "Đuoddarvárri", "Ruŧatjohka"),
    ),
)
_SOMALI_GIVEN: Final = _given("Ayaan Hodan Sahra Ifrah Asha Nimco Hibaq", "Abdirahman Mahad Liban Guled Yusuf Cabdi")
SOMALI: Final = Language(_SOMALI_GIVEN, _SOMALI_GIVEN, _compounds("Sheeko Xiddig Dayax Roob", "yare le doon cad"))
_RUSSIAN_GIVEN: Final = _given("Anastasia Ksenia Polina Vera Daria", "Dmitri Artjom Igor Maksim Timur")
RUSSIAN: Final = Language(
    _RUSSIAN_GIVEN,
    _RUSSIAN_GIVEN,
    ("Skazko", "Zvjozdenko", "Tumanko", "Stihovko", "Pritšenko", "Zagadko", "Metelko", "Radugenko"),
)
_ESTONIAN_GIVEN: Final = _given("Kärt Liisbet Õie Piret Maarja", "Tõnis Rasmus Mihkel Ülo Kristjan")
ESTONIAN: Final = Language(_ESTONIAN_GIVEN, _ESTONIAN_GIVEN, _compounds("Muinas Luule Tähe Udu", "salu mets kivi jõgi"))

_SHARES: Final = ((0.86, FINNISH), (0.92, SWEDISH), (0.945, SOMALI), (0.97, RUSSIAN), (0.99, ESTONIAN), (1.0, SAMI))
_SWEDISH_SHARES: Final = ((0.75, SWEDISH), (0.97, FINNISH), (1.0, SAMI))


class Name(NamedTuple):
    """A person's name; `preferred` is the name in daily use (kutsumanimi), where it is not the first of the names."""

    given: str
    family: str
    middle: str | None = None
    preferred: str | None = None
    half: int = 0
    """Which of the two lists the given names are from."""


RARE: Final = (
    Name("Ọ̀lámidé", "O'Taru"),  # an apostrophe, and a letter that keeps a combining accent under NFC
    Name("Maria-Margareeta", "Tarinankertojanlampi-Sadunharjunkallio", "Aleksandra Wilhelmiina", "Margareeta"),
    Name("Áile", "Näkkälöjärvi", "Ŋárra Beaivi"),
    Name("Åke", "Drömmeås", "Göran", "Göran"),
    Name("Šymen", "Žibulka-Õunapuu"),
)
"""Names that break programs; they are given to pupils of the first school in every size."""


def language(chance: Stream, *, swedish: bool) -> Language:
    """Draw the language of a family's names."""
    draw = chance.random()
    return next(names for limit, names in (_SWEDISH_SHARES if swedish else _SHARES) if draw < limit)


def surname(chance: Stream, names: Language) -> str:
    """Draw a surname; one in thirty is a hyphenated pair."""
    one = chance.pick(names.surnames)
    return f"{one}-{chance.pick(names.surnames)}" if chance.chance(1 / 30) else one


def full_name(chance: Stream, names: Language, family: str, *, adult: bool = False) -> Name:
    """Draw given names to a surname: one to three of them, and for some a kutsumanimi that is not the first."""
    half = chance.below(2)
    fitting = (names.adults if adult else names.children)[half]
    given, more = chance.pick(fitting), chance.random()
    others = [chance.pick(fitting) for _ in range((more < 0.7) + (more < 0.15))]  # noqa: PLR2004 - shares
    middle = " ".join(name for name in dict.fromkeys(others) if name != given) or None
    preferred = None
    if middle and chance.chance(0.12):
        preferred = middle.split()[0]
    elif "-" in given and chance.chance(0.3):
        preferred = given.split("-")[-1]
    return Name(given, family, middle, preferred, half)


_LETTERS: Final = str.maketrans("đŋŧøæß", "dntoas")
_NOT_A_LOGIN: Final = re.compile(r"[^a-z0-9]+")


def login(name: Name) -> str:
    """Return the ASCII login of a name, `given.family`; not yet unique."""
    return f"{_ascii(name.preferred or name.given)}.{_ascii(name.family)}"


def _ascii(text: str) -> str:
    plain = text.lower()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).translate(_LETTERS).encode("ascii", "ignore").decode()
    return _NOT_A_LOGIN.sub("", plain)
