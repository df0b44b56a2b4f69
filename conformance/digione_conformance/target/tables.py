"""The tables of a target file, a model each: keys, defaults, bounds, and what each key means."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from digione_conformance.target.claims import OPENAPI_FILE, SERVICE_KEYS


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


class Table(BaseModel):
    """A table: nothing is changed after reading, no key is unknown, and no error repeats a value."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TargetTable(Table):
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


class ServicesTable(Table):
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


class ClientTable(Table):
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


class ClaimsTable(Table):
    """`[claims]`: the profiles that the target says it meets, those of named consumers among them."""

    profiles: Annotated[tuple[str, ...], Field(min_length=1)] | None = None


class FixturesTable(Table):
    """`[fixtures]`: whether objects may be made, are named here, or are only sampled."""

    mode: Literal["provided", "create", "readonly"] = "readonly"
    ids: dict[str, tuple[str, ...]] = {}


class ControlTable(Table):
    """`[control]`: the optional test-control API."""

    url: Url
    token_file: Path | None = None


class LimitsTable(Table):
    """`[limits]`: how hard the target may be asked."""

    requests_per_second: Annotated[float, Field(gt=0)] | None = None
    max_parallel: Annotated[int, Field(ge=1, le=16)] = 4
    most_pages: Annotated[int, Field(ge=2)] = 60
    page_size: Annotated[int, Field(ge=1)] = 1000
    budget_seconds: Annotated[float, Field(gt=0)] | None = None
    timeout_seconds: Annotated[float, Field(gt=0)] = 30.0
