"""What evidence and reports may show: model flags decide which values are replaced by keyed pseudonyms.

A pseudonym is the same for the same value within one run, so equality stays checkable; the key is never written, so
nobody can compute it for a guessed name. Secrets are not pseudonymised but removed wherever they turn up.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import takewhile
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from pydantic import BaseModel

from digione_conformance.evidence.exchange import Json
from digione_conformance.target.claims import SERVICE_KEYS
from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.endpoints.base import Endpoint
from digione_sdk.core.endpoints.v1p1 import counterpart
from digione_sdk.model.facts import FieldFacts, fields_of
from digione_sdk.model.status import StatusInfo

HIDDEN_HEADERS: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "authentication-info"}
)
HIDDEN: Final = "[left out]"
_TOKEN_KEYS: Final = frozenset({"access_token", "refresh_token", "id_token", "client_secret", "client_assertion"})
_PLAIN_QUERY: Final = frozenset({"limit", "offset", "sort", "orderBy", "fields"})
_ADDRESS_HEADERS: Final = frozenset({"link", "location", "content-location"})
_TAG_HEADERS: Final = frozenset({"etag", "if-none-match", "if-match"})
_PLAIN_HEADERS: Final = frozenset(
    {
        "accept-ranges", "access-control-allow-credentials", "access-control-allow-headers",
        "access-control-allow-methods", "access-control-allow-origin", "access-control-expose-headers",
        "access-control-max-age", "age", "allow", "alt-svc", "cache-control", "connection", "content-encoding",
        "content-language", "content-length", "content-security-policy", "content-type", "date", "expires",
        "keep-alive", "last-modified", "pragma", "referrer-policy", "retry-after", "server",
        "strict-transport-security", "transfer-encoding", "vary", "x-content-type-options", "x-frame-options",
        "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-total-count",
    }
)  # fmt: skip
"""Response headers whose values are about the answer, never about a person."""
_CHALLENGE: Final = re.compile(r'([\w-]+)="((?:[^"\\]|\\.)*)"')
_PLAIN_CHALLENGE: Final = frozenset({"error", "scope", "charset", "algorithm"})
_PLAIN_TOKEN_KEYS: Final = frozenset({"token_type", "scope", "error", "error_uri", "expires_in"})
_CLAUSE: Final = re.compile(r"([\w.]+)(\s*(?:!=|>=|<=|=|>|<|~)\s*)'((?:[^']|'')*)'")
_SHORTEST_SECRET: Final = 6


@dataclass(frozen=True)
class Redactor:
    """Replaces what must not be shown.

    Attributes:
        key: Key of the pseudonyms, by default a fresh random one.
        keep_ids: Leave sourcedIds and addresses as they are: for targets that hold synthetic data.
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    keep_ids: bool = False
    _secrets: set[bytes] = field(default_factory=set, repr=False)
    _longest_first: list[bytes] = field(default_factory=list, repr=False)
    _beginnings: list[bytes] = field(default_factory=list, repr=False)

    def learn(self, secret: str) -> None:
        """Remember a secret, so that it is removed wherever a target echoes it."""
        if len(secret) >= _SHORTEST_SECRET:
            self._secrets.update({secret.encode(), quote(secret, safe="").encode()})
            self._longest_first[:] = sorted(self._secrets, key=len, reverse=True)
            self._beginnings[:] = _beginnings(self._secrets)

    def pseudonym(self, value: str, *, kind: str = "p") -> str:
        """Return the stand-in for a value: equal values, equal stand-ins, within one run."""
        return f"{kind}-{hmac.new(self.key, _encoded(value), hashlib.sha256).hexdigest()[:12]}"

    def scrubbed(self, content: bytes) -> bytes:
        """Return bytes with every known secret removed."""
        if not self._may_hold_secrets(content):
            return content
        for secret in self._longest_first:
            if secret in content:
                content = content.replace(secret, b"[secret]")
        return content

    def scrubbed_text(self, text: str) -> str:
        """Return text with every known secret removed."""
        content = _encoded(text)
        return self.scrubbed(content).decode("utf-8", "surrogatepass") if self._may_hold_secrets(content) else text

    def _may_hold_secrets(self, content: bytes) -> bool:
        # Tokens of one issuer begin alike, so that hardly more than one look tells that none of them is there.
        return any(beginning in content for beginning in self._beginnings)

    # --- token answers -----------------------------------------------------------------------------------------------

    def token_answer(self, content: bytes) -> bytes:
        """Return a token endpoint's answer with each token replaced by a pseudonym, and learn the tokens."""
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            return self.scrubbed(content) if self.keep_ids else _left_out(content)
        return self.scrubbed(_json(self._without_tokens(answer)))

    def _without_tokens(self, node: Json) -> Json:
        if isinstance(node, list):
            return [self._without_tokens(item) for item in node]
        if not isinstance(node, dict):
            return node
        kept = {}
        for key, value in node.items():
            if key in _TOKEN_KEYS and isinstance(value, str):
                self.learn(value)
                kept[key] = self.pseudonym(value, kind="token") if value else value
            elif self.keep_ids or key in _PLAIN_TOKEN_KEYS or not isinstance(value, str):
                kept[key] = self._without_tokens(value)
            elif key in _KNOWN_KEYS and key != "imsx_description":
                kept[key] = value
            else:
                kept[key] = self.pseudonym(value)  # error_description above all: servers name the user in it
        return kept

    # --- bodies ------------------------------------------------------------------------------------------------------

    def body(self, content: bytes, *, endpoint: Endpoint[Any] | None) -> bytes:
        """Return a body with personal values replaced; what is no JSON is dropped but for its length."""
        if not content:
            return content
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            return _left_out(content)
        if isinstance(document, dict) and endpoint is not None and endpoint.wrapper_key in document:
            shown = self._record(document, endpoint.envelope)
        else:
            shown = self._record(document, StatusInfo) if isinstance(document, dict) else self._hidden(document)
        return self.scrubbed(_json(shown))

    def _record(self, node: Json, model: type[BaseModel]) -> Json:
        if not isinstance(node, dict):
            return self._hidden(node)
        facts = _by_wire_name(model)
        return {self._shown_key(key, facts): self._field(key, value, facts.get(key)) for key, value in node.items()}

    def _shown_key(self, key: str, facts: Mapping[str, FieldFacts]) -> str:
        # A key that no model knows may itself be a value: a map keyed by name, say.
        return key if key in facts or key in _KNOWN_KEYS else self.pseudonym(key, kind="key")

    def _field(self, key: str, value: Json, facts: FieldFacts | None) -> Json:
        if key == "href" and isinstance(value, str):
            return self.url(value)
        if key == "sourcedId" and self.keep_ids:
            return value
        if key == "imsx_description":
            return self._hidden(value)  # free text of an error: the commonest place where personal data leaks
        if facts is None or (facts.flags and facts.record is None):
            return self._hidden(value)
        if facts.record is not None:
            under = self._hidden_record if facts.flags else self._record
            if isinstance(value, list):
                return [under(item, facts.record) for item in value]
            return under(value, facts.record)
        return value if _is_plain(value) else self._hidden(value)

    def _hidden_record(self, node: Json, model: type[BaseModel]) -> Json:
        if not isinstance(node, dict):
            return self._hidden(node)
        facts = _by_wire_name(model)
        shown: dict[str, Json] = {}
        for key, value in node.items():
            shown[self._shown_key(key, facts)] = (
                self._field(key, value, facts.get(key)) if key in {"type", "href", "sourcedId"} else self._hidden(value)
            )
        return shown

    def _hidden(self, value: Json) -> Json:
        if isinstance(value, dict):
            return {self._shown_key(key, {}): self._hidden(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._hidden(item) for item in value]
        if isinstance(value, bool) or value is None or value == "":
            return value  # emptiness is no personal value, and checks need to see it
        return self.pseudonym(value if isinstance(value, str) else json.dumps(value))

    # --- addresses and headers ---------------------------------------------------------------------------------------

    def url(self, url: str) -> str:
        """Return an address with ids in the path and values in the query replaced."""
        if self.keep_ids:
            return self.scrubbed_text(url)
        parts = urlsplit(url)
        query = "&".join(
            f"{_quoted(name)}={_quoted(self._query_value(name, value))}"
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        )
        return self.scrubbed_text(urlunsplit((parts.scheme, parts.netloc, self._path(parts.path), query, "")))

    def _path(self, path: str) -> str:
        segments = path.split("/")
        literal = _path_words()
        # Only what follows the service's base path can be an id; the base itself is configuration.
        start = next((index for index, segment in enumerate(segments) if segment in literal), len(segments))
        return "/".join(
            segment
            if index <= start or segment in literal or not segment
            else quote(self.pseudonym(unquote(segment)), safe="")
            for index, segment in enumerate(segments)
        )

    def _query_value(self, name: str, value: str) -> str:
        if name in _PLAIN_QUERY:
            return value
        if name == "filter" and _CLAUSE.search(value):
            return _CLAUSE.sub(self._clause, value)
        return self.pseudonym(value)

    def _clause(self, found: re.Match[str]) -> str:
        field_path, operator, literal = found.groups()
        if not any(part in _flagged_names() for part in field_path.split(".")):
            return found.group(0)
        return f"{field_path}{operator}'{self.pseudonym(literal)}'"

    def headers(self, headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
        """Return headers, of those that carry secrets only the name; addresses are treated like any address."""
        if self.keep_ids:
            return self.without_secrets(dict(headers))
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        shown = {}
        for name, value in pairs:
            if name.lower() in HIDDEN_HEADERS:
                shown[name] = HIDDEN
                continue
            if name.lower() in _ADDRESS_HEADERS:
                value = re.sub(r"https?://[^\s<>\"]+", lambda found: self.url(found.group(0)), value)  # noqa: PLW2901 - the shown form of the same header
            elif name.lower() in _TAG_HEADERS:
                value = self._tag(value)  # noqa: PLW2901 - the shown form of the same header
            shown[name] = self.scrubbed_text(value)
        return shown

    def answered(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers of an answer: what a server says of its own accord in them may name a person."""
        shown = self.headers(headers)
        if self.keep_ids:
            return shown
        treated = _PLAIN_HEADERS | _ADDRESS_HEADERS | _TAG_HEADERS | HIDDEN_HEADERS
        for name, value in shown.items():
            if name.lower() == "www-authenticate":
                shown[name] = _CHALLENGE.sub(self._parameter, value)
            elif name.lower() not in treated:
                shown[name] = self.pseudonym(value)
        return shown

    def _tag(self, value: str) -> str:
        quoted = re.sub(r'"([^"]*)"', lambda found: f'"{self.pseudonym(found.group(1))}"', value)
        return quoted if quoted != value or value in {"", "*"} else self.pseudonym(value)

    def _parameter(self, found: re.Match[str]) -> str:
        name, value = found.groups()
        return found.group(0) if name.lower() in _PLAIN_CHALLENGE else f'{name}="{self.pseudonym(value)}"'

    def without_secrets(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return headers as checks see them: secrets removed, everything else as it was sent."""
        suspect = self._may_hold_secrets(_encoded("\n".join(headers.values())))
        return {
            name: HIDDEN if name.lower() in HIDDEN_HEADERS else self.scrubbed_text(value) if suspect else value
            for name, value in headers.items()
        }


def _beginnings(known: Iterable[bytes]) -> list[bytes]:
    """Return how secrets begin: those with equal first letters share one beginning, as long as can be.

    Bytes are searched the faster the longer what is looked for, and tokens of one issuer begin alike for long.
    """
    groups: dict[bytes, bytes] = {}
    for secret in known:
        first = secret[:_SHORTEST_SECRET]
        groups[first] = _shared(groups.get(first, secret), secret)
    return sorted(groups.values())


def _shared(left: bytes, right: bytes) -> bytes:
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False))
    return left[: sum(1 for _ in alike)]


def _left_out(content: bytes) -> bytes:
    return f"[{len(content)} bytes that are no JSON, left out]".encode()


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _encoded(text: str) -> bytes:
    # JSON can spell half a character (\\ud800), which strict UTF-8 cannot.
    return text.encode("utf-8", "surrogatepass")


def _json(document: Json) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(document).encode()


def _is_plain(value: Json) -> bool:
    return not isinstance(value, dict) and not (
        isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value)
    )


@cache
def _by_wire_name(model: type[BaseModel]) -> Mapping[str, FieldFacts]:
    return {facts.wire_name: facts for facts in fields_of(model).values()}


@cache
def _models() -> tuple[type[BaseModel], ...]:
    seen: dict[type[BaseModel], None] = {}
    waiting: list[type[BaseModel]] = [StatusInfo, *(body for endpoint in ENDPOINTS for body in endpoint.bodies)]
    while waiting:
        model = waiting.pop()
        if model not in seen:
            seen[model] = None
            waiting.extend(facts.record for facts in fields_of(model).values() if facts.record is not None)
    return tuple(seen)


@cache
def _flagged_names() -> frozenset[str]:
    return frozenset(facts.wire_name for model in _models() for facts in fields_of(model).values() if facts.flags)


_KNOWN_KEYS: Final = frozenset(facts.wire_name for model in _models() for facts in fields_of(model).values())


@cache
def _path_words() -> frozenset[str]:
    return frozenset(part for endpoint in ENDPOINTS for part in endpoint.path.split("/") if part and "{" not in part)


def endpoint_of(url: str, services: Mapping[str, str]) -> Endpoint[Any] | None:
    """Return the endpoint that an address belongs to, or None."""
    path = urlsplit(url).path
    for base, routes in _routes(tuple(services.items())):
        below = path.removeprefix(base)
        for route, endpoint in routes:
            if route.fullmatch(below):
                return endpoint
    return None


@lru_cache(4)
def _routes(
    services: tuple[tuple[str, str], ...],
) -> tuple[tuple[str, tuple[tuple[re.Pattern[str], Endpoint[Any]], ...]], ...]:
    """Return the routes below the path of each service that a target names, in the order of the endpoint table."""
    found: dict[str, list[tuple[re.Pattern[str], Endpoint[Any]]]] = {}
    bases = {SERVICE_KEYS[key]: urlsplit(url).path for key, url in services if key in SERVICE_KEYS}
    for endpoint in ENDPOINTS:
        told = counterpart(endpoint)
        for service in (endpoint.service, told.service if told else None):
            if service in bases:
                found.setdefault(bases[service], []).append((_route(endpoint.path), endpoint))
    return tuple((base, tuple(routes)) for base, routes in found.items())


@cache
def _route(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
