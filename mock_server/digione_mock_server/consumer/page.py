"""The guide page: what to point the client at and what to do, scenario by scenario, in English, Finnish and Swedish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Final

from digione_mock_server.consumer.scenario import Scenario, Told
from digione_mock_server.settings import Settings

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;"
    "background:#fff}section{border-top:1px solid #767676;padding:.5rem 0 1rem}code{overflow-wrap:anywhere}"
    "dt{font-weight:600}dd{margin:0 0 .5rem}button{font:inherit;padding:.3rem .8rem;margin-right:.5rem}"
    "li[aria-current]{font-weight:600}"
)
_WORDS: Final = {
    "title": Told(en="Test a client", fi="Asiakasohjelman testaus", sv="Testa en klient"),
    "intro": Told(
        en="Each scenario is a OneRoster 1.2 server of its own with synthetic data. Point your product at its "
        "addresses, start from an empty state, do what stands there, then press the button. Client id and secret are "
        "the same everywhere; the secret is in the file beside consumer.toml.",
        fi="Jokainen tilanne on oma OneRoster 1.2 -palvelimensa, jossa on vain keksittyä tietoa. Osoittakaa tuotteenne "
        "sen osoitteisiin, aloittakaa tyhjästä, tehkää mitä pyydetään ja painakaa sitten painiketta. Tunnus ja "
        "salaisuus ovat kaikkialla samat; salaisuus on tiedostossa consumer.toml-tiedoston vieressä.",
        sv="Varje situation är en egen OneRoster 1.2-server med påhittade uppgifter. Rikta er produkt mot adresserna, "
        "börja från tomt läge, gör det som står och tryck sedan på knappen. Klient-id och hemlighet är samma "
        "överallt; hemligheten finns i filen bredvid consumer.toml.",
    ),
    "base": Told(en="Rostering base URL", fi="Rostering-rajapinnan osoite", sv="Basadress för Rostering"),
    "token": Told(en="Token URL", fi="Token-osoite", sv="Tokenadress"),
    "client": Told(en="Client id", fi="Asiakastunnus", sv="Klient-id"),
    "next": Told(en="This step is done", fi="Vaihe on tehty", sv="Steget är klart"),
    "done": Told(en="done", fi="tehty", sv="klart"),
    "again": Told(en="Start over", fi="Aloita alusta", sv="Börja om"),
}
_LANGUAGES: Final = ("en", "fi", "sv")


def guide(
    scenarios: Mapping[str, Scenario],
    progress: Mapping[str, tuple[int, bool]],
    settings: Callable[[Scenario], Settings],
    client_id: str,
) -> str:
    """Return the page.

    Args:
        scenarios: What is offered.
        progress: Of each scenario that was begun, at which step it is and whether the last one is done.
        settings: Addresses of a scenario.
        client_id: Id of the client.
    """
    sections = "".join(
        _section(each, settings(each), *progress.get(each.id, (1, False))) for each in scenarios.values()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{_WORDS['title'].en}</title><style>{_STYLE}</style><main><h1>{_in_all(_WORDS['title'])}</h1>"
        f"{_paragraphs(_WORDS['intro'])}<p>{_in_all(_WORDS['client'])}: <code>{escape(client_id)}</code></p>"
        f"{sections}</main></html>"
    )


def _section(scenario: Scenario, settings: Settings, step: int, finished: bool) -> str:  # noqa: FBT001 - unpacked
    steps = "".join(
        f"<li{' aria-current=step' if number == step and not finished else ''}>{_paragraphs(each.do)}</li>"
        for number, each in enumerate(scenario.step, start=1)
    )
    addresses = "".join(
        f"<dt>{_in_all(_WORDS[key])}</dt><dd><code>{escape(url)}</code></dd>"
        for key, url in (("base", settings.rostering_url), ("token", settings.token_url))
    )
    buttons = "".join(
        f'<button formaction="/{scenario.id}/{way}">{_in_all(_WORDS[way])}</button>' for way in ("next", "again")
    )
    done = f" ✓ {_in_all(_WORDS['done'])}" if finished else ""
    heading = f'<h2 id="{scenario.id}">{_in_all(scenario.title)}{done}</h2>'
    return f'<section>{heading}<dl>{addresses}</dl><ol>{steps}</ol><form method="post">{buttons}</form></section>'


def _paragraphs(text: Told) -> str:
    return "".join(f'<p lang="{code}">{escape(getattr(text, code))}</p>' for code in _LANGUAGES)


def _in_all(text: Told) -> str:
    return " · ".join(f'<span lang="{code}">{escape(getattr(text, code))}</span>' for code in _LANGUAGES)
