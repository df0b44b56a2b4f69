"""The target file `sut.toml`: what is tested, as whom, and within which limits; secrets stay outside the file."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from digione_conformance.target.claims import OPENAPI_FILE, SERVICE_KEYS, Claims
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


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a whole address that starts with https:// or http://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must hold no credentials, query or fragment")
    return text


def _base_url(text: str) -> str:
    return _address(text).rstrip("/")


Url = Annotated[str, AfterValidator(_base_url)]
Endpoint = Annotated[str, AfterValidator(_address)]
"""An address that is asked as it stands: with a slash at its end it may be another one than without."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TargetTable(_Table):
    """`[target]`: what it is called and what it holds."""

    name: Annotated[str, Field(min_length=1)]
    environment: Literal["test", "staging", "production"] = "test"
    synthetic: bool = False
    """Attests that the target holds no data of real people; then evidence keeps bodies whole."""
    software: Annotated[str, Field(min_length=1)] | None = None
    """Name of the product, for reports and certificates."""
    version: Annotated[str, Field(min_length=1)] | None = None
    """Version of the product; a certificate is about this one."""


_Document = Annotated[str, Field(min_length=1)]


class ServicesTable(_Table):
    """`[services]`: whole base URLs."""

    rostering: Url | None = None
    gradebook: Url | None = None
    resources: Url | None = None
    oneroster_1_1: Url | None = None
    """The one base URL of all services of OneRoster 1.1, as `https://host/ims/oneroster/v1p1`."""
    token_url: Endpoint
    ca_file: Path | None = None
    openapi: _Document | tuple[_Document, ...] = ()
    """The services' own OpenAPI documents, addresses or files, where they are not below `discovery/`."""

    @model_validator(mode="after")
    def _some_service(self) -> Self:
        if not any(getattr(self, key) for key in SERVICE_KEYS):
            raise ValueError(f"needs the base URL of a service: {', '.join(SERVICE_KEYS)}")
        return self

    @property
    def documents(self) -> Mapping[str, str]:
        """What `openapi` names, by the address at which it is asked for: its own, or a stand-in for a file."""
        named = (self.openapi,) if isinstance(self.openapi, str) else self.openapi
        files = [name for name in named if not name.startswith(("https://", "http://"))]
        stand_ins = {name: OPENAPI_FILE + (f"-{at}" if at > 1 else "") for at, name in enumerate(files, start=1)}
        return {stand_ins.get(name, name): name for name in named}


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
"""A bare key of TOML: evidence says who asked as `TENANT` or `TENANT.CLIENT`."""


class ClientTable(_Table):
    """`[tenants.NAME.clients.CLIENT]`: a further client of the tenant, such as `minimal`, which is registered for less.

    Its secret is in the environment or in a file, never here.
    """

    client_id: Annotated[str, Field(min_length=1)]
    client_secret_env: str | None = None
    client_secret_file: Path | None = None
    scopes: tuple[str, ...] | None = None
    """Scopes to ask for; without the key, all those of the services that the file names, and no others."""
    token_auth: Literal["basic", "body"] = "basic"  # noqa: S105 - a way to authenticate, no secret

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if (self.client_secret_env is None) == (self.client_secret_file is None):
            raise ValueError("needs client_secret_env or client_secret_file, one of the two")
        return self


class TenantTable(ClientTable):
    """`[tenants.NAME]`: the main client of one tenant; its secret is in the environment or in a file, never here."""

    clients: dict[Name, ClientTable] = {}


class ClaimsTable(_Table):
    """`[claims]`: the profiles that the target says it meets, those of named consumers among them."""

    profiles: Annotated[tuple[str, ...], Field(min_length=1)] | None = None


class FixturesTable(_Table):
    """`[fixtures]`: whether objects may be made, are named here, or are only sampled."""

    mode: Literal["provided", "create", "readonly"] = "readonly"
    ids: dict[str, tuple[str, ...]] = {}


class ControlTable(_Table):
    """`[control]`: the optional test-control API."""

    url: Url
    token_file: Path | None = None


class LimitsTable(_Table):
    """`[limits]`: how hard the target may be asked."""

    requests_per_second: Annotated[float, Field(gt=0)] | None = None
    max_parallel: Annotated[int, Field(ge=1, le=16)] = 4
    most_pages: Annotated[int, Field(ge=2)] = 60
    page_size: Annotated[int, Field(ge=1)] = 1000
    budget_seconds: Annotated[float, Field(gt=0)] | None = None
    timeout_seconds: Annotated[float, Field(gt=0)] = 30.0


class Target(_Table):
    """A target file, read and checked. Build it with `load_target`."""

    target: TargetTable
    services: ServicesTable
    tenants: Annotated[dict[Name, TenantTable], Field(min_length=1)]
    claims_table: Annotated[ClaimsTable, Field(alias="claims")] = ClaimsTable()
    fixtures: FixturesTable = FixturesTable()
    control: ControlTable | None = None
    limits: LimitsTable = LimitsTable()
    attest: dict[str, Annotated[str, Field(min_length=1)]] = {}
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

    def place_of(self, table: str, key: str) -> str:
        """Return where to mend a key, as `sut.toml line 7: [services] rostering`; no line where the file has no table.

        Args:
            table: The table's whole name, as `tenants.a.clients.minimal`.
            key: A key of it, which may be absent: then the table's header is the place.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):  # described in a run file, or made on the command line
            text = ""
        return _place(text, self.path.name, (*table.split("."), key))

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
        ConfigurationError: The file cannot be read, is no TOML, holds a secret, an unknown key or a wrong value; names
            the file, the table, the key and, where it stands in the file, the line. Values are never repeated.
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
        return Target.model_validate({**content, "path": path})
    except ValidationError as error:
        raise ConfigurationError("\n".join(_problems(error, text, path.name))) from None


def _refuse_secrets(content: Mapping[str, Any], text: str, name: str, table: tuple[str, ...] = ()) -> None:
    for key, value in content.items():
        if isinstance(value, dict):
            _refuse_secrets(value, text, name, (*table, key))
        elif key in _LITERAL_SECRETS:
            raise ConfigurationError(
                f"{_place(text, name, (*table, key))}: a secret must not stand in the file; "
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
        found.append(f"{_place(text, name, location)}: {message}")
    return found


def _nearest(key: str) -> str:
    """Return the key that was meant, most likely, as `; did you mean client_id?`."""
    tables = (TargetTable, ServicesTable, TenantTable, ClaimsTable, FixturesTable, ControlTable, LimitsTable, Target)
    known = {field.alias or name for table in tables for name, field in table.model_fields.items()} - {"path"}
    near = get_close_matches(key, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _place(text: str, name: str, location: tuple[str, ...]) -> str:
    """Say where a key stands, as `sut.toml line 7: [tenants.a] client_id`; without a line where it is absent."""
    keys = tuple(part for part in location if not part.isdigit() and part != "[key]")
    if not keys:
        return name
    depth = (4 if keys[2:3] == ("clients",) else 2) if keys[0] == "tenants" else 1
    table, inside = keys[:depth], keys[depth:]
    line = (_line(text, table, inside[0]) if inside else None) or _line(text, table, None)
    head = f"{name} line {line}: " if line else f"{name}: "
    return f"{head}[{'.'.join(table)}] {'.'.join(inside)}".rstrip()


def _line(text: str, table: tuple[str, ...], key: str | None) -> int | None:
    """Return the line of a key in a table, or of the table's header for no key; tomllib itself keeps no positions."""
    current: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([\w.\-]+)\s*\]", line)
        if header:
            current = tuple(header.group(1).split("."))
            if key is None and current == table and table:
                return number
        elif key is not None and current == table and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
    return None
