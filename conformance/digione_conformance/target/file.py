"""The target file `sut.toml`: what is tested, as whom, and within which limits; secrets stay outside the file."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator

from digione_conformance.catalogue.requirement import load_catalogue
from digione_conformance.target.claims import OPENAPI_FILE, SERVICE_KEYS, Claims
from digione_conformance.target.places import place_of
from digione_conformance.target.statements import objections
from digione_conformance.target.tables import (
    ClaimsTable,
    ClientTable,
    ControlTable,
    FixturesTable,
    LimitsTable,
    Name,
    ServicesTable,
    Table,
    TargetTable,
    TenantTable,
)
from digione_conformance.words.said import Said
from digione_sdk.core.endpoints import scopes_of
from digione_sdk.core.endpoints.base import Service
from digione_sdk.core.endpoints.v1p1 import ONEROSTER_V1P1
from digione_sdk.core.scopes import ScopeV1P1
from digione_sdk.errors import ConfigurationError

_LITERAL_SECRETS: Final = frozenset({"client_secret", "secret", "token", "access_token", "password"})
_DEFAULT_PROFILES: Final[Mapping[str, tuple[str, ...]]] = {
    "rostering": ("oneroster-1.2-rostering-core",),
    "gradebook": ("oneroster-1.2-gradebook-core",),
    "resources": ("oneroster-1.2-resources-core",),
    "oneroster_1_1": ("oneroster-1.1-rostering",),
}
_TEST_WORDS: Final = re.compile(
    r"(?:^|[.\-_])(?:test|testi|dev|staging|stage|sandbox|demo|qa|ci|local|localhost)\d*[.\-_]"
)


class Target(Table):
    """A target file, read and checked. Build it with `load_target`."""

    target: TargetTable
    services: ServicesTable
    tenants: Annotated[dict[Name, TenantTable], Field(min_length=1)]
    claims_table: Annotated[ClaimsTable, Field(alias="claims")] = ClaimsTable()
    fixtures: FixturesTable = FixturesTable()
    control: ControlTable | None = None
    limits: LimitsTable = LimitsTable()
    attest: Annotated[dict[str, Annotated[str, Field(min_length=1)]], Field(default_factory=dict)]
    """`[attest]`: by requirement that no program can decide, what is stated, by whom and when."""
    path: Annotated[Path, Field(exclude=True)] = Path("sut.toml")

    @model_validator(mode="after")
    def _main_tenant(self) -> Self:
        if "a" not in self.tenants:
            raise ValueError("the main tenant is called a: write [tenants.a]")
        return self

    @property
    def registrations(self) -> Mapping[str, ClientTable]:
        """All clients by the name that evidence gives them: `a` is the tenant's main one, `a.minimal` a further one."""
        found: dict[str, ClientTable] = {}
        for name, tenant in self.tenants.items():
            found |= {name: tenant} | {f"{name}.{client}": table for client, table in tenant.clients.items()}
        return found

    @property
    def profiles(self) -> tuple[str, ...]:
        """Ids of the claimed profiles, by default those that follow from the services."""
        if self.claims_table.profiles is not None:
            return self.claims_table.profiles
        return tuple(profile for key in self.services_by_name for profile in default_profiles(key))

    @property
    def services_by_name(self) -> Mapping[str, str]:
        """Base URL by key of every service that the file names."""
        given = {key: getattr(self.services, key) for key in SERVICE_KEYS}
        return {key: url for key, url in given.items() if url is not None}

    def scopes_of(self, client: str) -> tuple[str, ...]:
        """Return the scopes to ask for as a client; a server may refuse a scope of a service that it does not offer."""
        named = self.registrations[client].scopes
        if named is not None:
            return named
        offered = self.services_by_name
        return tuple(scope for key, service in SERVICE_KEYS.items() if key in offered for scope in _scopes(service))

    @property
    def looks_like_production(self) -> bool:
        """Whether the file or a host name suggests real users: then the operator must say that testing is allowed."""
        urls = (*self.services_by_name.values(), self.services.token_url)
        hosts = {urlsplit(url).hostname or "" for url in urls}
        return self.target.environment == "production" or not all(_is_test_host(host) for host in hosts)

    @property
    def ca_file(self) -> Path | None:
        """The CA bundle, resolved against the target file."""
        return self._beside(self.services.ca_file) if self.services.ca_file else None

    def place_of(self, table: str, key: str) -> Said:
        """Return where to mend a key, as `sut.toml line 7: [services] rostering`; no line where the file has no table.

        Args:
            table: The table's whole name, as `tenants.a.clients.minimal`.
            key: A key of it, which may be absent: then the table's header is the place.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):  # described in a run file, or made on the command line
            text = ""
        return place_of(text, self.path.name, (*table.split("."), key))

    def claims(self) -> Claims:
        """Return what checks may know beforehand: everything but credentials."""
        return Claims(
            services=self.services_by_name,
            token_url=self.services.token_url,
            tenants=tuple(sorted(self.tenants)),
            clients=tuple(sorted(self.registrations.keys() - self.tenants.keys())),
            profiles=self.profiles,
            fixtures=self.fixtures.mode,
            fixture_ids=self.fixtures.ids,
            control_url=self.control.url if self.control else None,
            synthetic=self.target.synthetic,
            environment=self.target.environment,
            page_size=self.limits.page_size,
            most_pages=self.limits.most_pages,
            openapi=tuple(self.services.documents),
        )

    def secret_of(self, client: str) -> str:
        """Return the secret of a registration, by its name, from its file or environment variable.

        Raises:
            ConfigurationError: It cannot be read or is empty; names the table and key.
        """
        table, place = self.registrations[client], table_of(client)
        if table.client_secret_env is not None:
            secret = os.environ.get(table.client_secret_env, "").strip()
            if not secret:
                raise ConfigurationError(
                    f"{self.path.name}: [{place}] client_secret_env: "
                    f"the environment variable {table.client_secret_env} is not set"
                )
            return secret
        return self._read(table.client_secret_file, f"[{place}] client_secret_file")

    def openapi_file(self, address: str = OPENAPI_FILE) -> bytes:
        """Return a file that `[services] openapi` names, by its stand-in.

        Raises:
            ConfigurationError: It cannot be read.
        """
        named = self.services.documents.get(address, "")
        try:
            return self._beside(Path(named)).read_bytes()
        except OSError:
            raise ConfigurationError(f"{self.path.name}: [services] openapi: cannot read {named}") from None

    def control_token(self) -> str | None:
        """Return the token of the control API, where the file names one.

        Raises:
            ConfigurationError: It cannot be read or is empty.
        """
        if self.control is None or self.control.token_file is None:
            return None
        return self._read(self.control.token_file, "[control] token_file")

    def _read(self, file: Path | None, place: str) -> str:
        try:
            secret = self._beside(file or Path()).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ConfigurationError(f"{self.path.name}: {place}: cannot read {file}") from None
        if not secret:
            raise ConfigurationError(f"{self.path.name}: {place}: {file} is empty")
        return secret

    def _beside(self, file: Path) -> Path:
        return file if file.is_absolute() else self.path.parent / file


def _scopes(service: Service) -> tuple[str, ...]:
    """Return all scopes that some operation of a service takes."""
    taken = tuple(ScopeV1P1) if service is ONEROSTER_V1P1 else scopes_of(service)
    return tuple(scope.value for scope in taken)


def _is_test_host(host: str) -> bool:
    labels = host.lower()
    if labels in {"localhost", "127.0.0.1", "::1"} or labels.startswith(("10.", "192.168.")):
        return True
    return labels.endswith((".test", ".invalid", ".example", ".localhost")) or bool(_TEST_WORDS.search(f"{labels}."))


def default_profiles(key: str) -> tuple[str, ...]:
    """Return the ids of the profiles that are claimed of a service, by its key, where the file claims none."""
    return _DEFAULT_PROFILES[key]


def table_of(client: str) -> str:
    """Return the name of the table that describes a registration: `tenants.a`, or `tenants.a.clients.minimal`."""
    tenant, _, further = client.partition(".")
    return f"tenants.{tenant}.clients.{further}" if further else f"tenants.{tenant}"


def load_target(path: Path) -> Target:
    """Read a target file.

    Raises:
        ConfigurationError: The file cannot be read, is no TOML, holds a secret, an unknown key, a wrong value or a
            statement that nobody asks for; names the file, the table, the key and, where it stands in the file, the
            line. Values are never repeated.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path}: there is no such file; describe the target in it (docs/reference/target-file.md), "
            "or name another with --target"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read ({type(error).__name__})") from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path.name}: no valid TOML: {error}") from None
    _refuse_secrets(content, text, path.name)
    if "path" in content or "claims_table" in content:
        raise ConfigurationError(f"{path.name}: unknown key at the top level")
    try:
        target = Target.model_validate({**content, "path": path})
    except ValidationError as error:
        raise ConfigurationError("\n".join(_problems(error, text, path.name))) from None
    if target.attest:
        wrong = [
            f"{target.place_of('attest', name)}: {why}" for name, why in objections(target.attest, load_catalogue())
        ]
        if wrong:
            raise ConfigurationError("\n".join(wrong))
    return target


def _refuse_secrets(content: Mapping[str, Any], text: str, name: str, table: tuple[str, ...] = ()) -> None:
    for key, value in content.items():
        if isinstance(value, dict):
            _refuse_secrets(value, text, name, (*table, key))
        elif key in _LITERAL_SECRETS:
            raise ConfigurationError(
                f"{place_of(text, name, (*table, key))}: a secret must not stand in the file; "
                f"name an environment variable with {key}_env or a file with {key}_file"
            )


def _problems(error: ValidationError, text: str, name: str) -> list[str]:
    found = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        location = tuple(str(part) for part in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = f"unknown key{_nearest(location[-1])}"
        elif problem["type"] == "missing":
            message = "is missing"
        found.append(f"{place_of(text, name, location)}: {message}")
    return found


def _nearest(key: str) -> str:
    """Return the key that was meant, most likely, as `; did you mean client_id?`."""
    tables = (TargetTable, ServicesTable, TenantTable, ClaimsTable, FixturesTable, ControlTable, LimitsTable, Target)
    known = {field.alias or name for table in tables for name, field in table.model_fields.items()} - {"path"}
    near = get_close_matches(key, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
