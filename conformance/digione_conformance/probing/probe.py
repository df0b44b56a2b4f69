"""What a check may ask of a target: requests by endpoint, whole lists, samples, tokens, schema errors.

A probe hides how an answer came about (live or from the record) and remembers what was asked: the same read in two
checks is one request. Everything it hands out is raw JSON; the SDK's tolerant models are never used to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from digione_conformance.catalogue.undecided import NO_ANSWER, CantTell, Inapplicable, Untested
from digione_conformance.evidence.exchange import Ask, Exchange, Json
from digione_conformance.probing.control import Control
from digione_conformance.probing.family import ANY_ENDPOINT, BY_ID, ROSTERING, Family
from digione_conformance.probing.ledger import Ledger
from digione_conformance.probing.listing import Listing, read_list, total_of
from digione_conformance.probing.query import Query, encode_query, link_targets, pairs_of
from digione_conformance.probing.rows import Record, spread, values_at
from digione_conformance.probing.survey import Door, Survey
from digione_conformance.target.claims import LOOPBACK
from digione_sdk.core.endpoints import ENDPOINTS
from digione_sdk.core.endpoints.base import Service
from digione_sdk.core.scopes import Scope

__all__ = [
    "CORE",
    "DEMOGRAPHICS",
    "NESTED",
    "Door",
    "Listing",
    "Probe",
    "Query",
    "Record",
    "Survey",
    "encode_query",
    "link_targets",
    "operation",
    "pairs_of",
    "spread",
    "total_of",
    "values_at",
]
"""What checks are written with; some of it is defined beside."""

T = TypeVar("T")


TOO_MANY: Final = 429
_NO_SUCH_LIST: Final = frozenset({404, 405, 501})
CORE: Final = ROSTERING.core
"""The 22 endpoints of Rostering that a provider must offer (pitfalls.md §2)."""

NESTED: Final = ROSTERING.nested
DEMOGRAPHICS: Final[tuple[ANY_ENDPOINT, ...]] = tuple(
    endpoint for endpoint in ENDPOINTS if Scope.ROSTER_DEMOGRAPHICS in endpoint.scopes
)


def operation(operation_id: str) -> ANY_ENDPOINT:
    """Return the endpoint of that name."""
    return BY_ID[operation_id]


class Probe:
    """One check's view of the target."""

    def __init__(self, survey: Survey, check: str, family: Family = ROSTERING) -> None:
        self._family = family
        self._offered: Family | None = None
        self.claims = survey.claims
        self.schemas = survey.schemas
        self._survey = survey
        self._check = check
        self.looked_at = 0
        self.exchanges: list[Exchange] = []
        """What the check was shown, in order: its evidence."""

    @property
    def family(self) -> Family:
        """What the check looks at, without the optional lists of it that the target does not offer."""
        if self._offered is None:
            self._offered = self._family.without(self._lacking()) if self._family.optional else self._family
        return self._offered

    def _lacking(self) -> tuple[str, ...]:
        if self.claims.base_of(self._family.service) is None:
            return ()
        self._offered = self._family  # whose address is asked
        lists = [BY_ID[name] for name in self._family.optional]
        return tuple(e.operation_id for e in lists if self._first_page(e).status in _NO_SUCH_LIST)

    def _first_page(self, endpoint: ANY_ENDPOINT) -> Exchange:
        return self.get(endpoint, query={"limit": str(self.claims.page_size), "offset": "0"})

    def within(self, family: Family) -> Probe:
        """Return a view of another family for the same check: what it is shown is evidence of this one."""
        other = Probe(self._survey, self._check, family)
        other.exchanges = self.exchanges
        return other

    def turn_to(self, version: Family) -> None:
        """Look at the same records as another version tells them, from here on, where the target file names it."""
        if self.claims.base_of(version.service) is not None:
            self._family, self._offered = version, None

    def examined(self, count: int = 1) -> None:
        """Say that `count` things were really compared; a check that examined nothing is untested, not passed."""
        self.looked_at += count

    # --- single requests ---------------------------------------------------------------------------------------------

    def ask(self, ask: Ask, *, fresh: bool = False) -> Exchange:
        """Send a request as it stands and return the exchange, whatever the status.

        Raises:
            CantTell: No answer arrived, or none but 429: who is put off learns nothing of what was asked.
        """
        exchange = self.attempt(ask, fresh=fresh)
        if exchange.trouble:
            raise CantTell(f"{ask.method} {NO_ANSWER}: {exchange.trouble}")
        if exchange.status == TOO_MANY:
            raise CantTell(f"{ask.method} {urlsplit(ask.url).path} was answered 429 again and again")
        return exchange

    def attempt(self, ask: Ask, *, fresh: bool = False) -> Exchange:
        """Send a request and return the exchange, also where no usable answer arrived: `trouble` then says why."""
        exchange = self._survey.door.ask(ask, check=self._check, fresh=fresh)
        self.exchanges.append(exchange)
        return exchange

    def remembered(self, ask: Ask) -> Exchange:
        """Return an exchange that stands for more than the check looks at: what it looks at it names itself."""
        return self._survey.door.ask(ask, check=self._check, fresh=False)

    def url(self, endpoint: ANY_ENDPOINT, path: Mapping[str, str] | None = None, query: Query = None) -> str:
        """Return the address of an endpoint, path parameters and query percent-encoded."""
        route = endpoint.path
        for name, value in (path or {}).items():
            route = route.replace(f"{{{name}}}", quote(value, safe=""))
        return self._base_of(self.family.spoken(endpoint).service) + route + encode_query(query)

    def names(self, endpoint: ANY_ENDPOINT) -> bool:
        """Whether the target file names the service of an endpoint, in the version that the family speaks.

        1.1 names all services by one address, whatever a token opens: there a list of another family must be readable.
        """
        try:
            told = self.family.spoken(endpoint)
        except KeyError:
            return False
        if self.claims.base_of(told.service) is None:
            return False
        if not self.family.is_v1p1 or endpoint in self.family.core or endpoint.path_parameters:
            return True
        return self._first_page(endpoint).ok

    @property
    def base(self) -> str:
        """Base URL of the service that the check looks at.

        Raises:
            Untested: The target file names none.
        """
        return self._base_of(self.family.service)

    def _base_of(self, service: Service) -> str:
        base = self.claims.base_of(service)
        if base is None:
            raise Untested(f"the target file names no base URL of {service.title}")
        return base

    def get(
        self,
        endpoint: ANY_ENDPOINT,
        *,
        path: Mapping[str, str] | None = None,
        query: Query = None,
        auth: str = "a",
        headers: tuple[tuple[str, str], ...] = (),
        fresh: bool = False,
    ) -> Exchange:
        """Read an endpoint once and return the exchange, whatever the status."""
        return self.ask(Ask("GET", self.url(endpoint, path, query), auth, headers), fresh=fresh)

    def records(self, endpoint: ANY_ENDPOINT, exchange: Exchange) -> tuple[Record, ...]:
        """Return the records of a successful page.

        Raises:
            CantTell: The answer is no success, or holds no list under the wrapper key; another requirement judges that.
        """
        self.listed(endpoint, exchange)
        return tuple(exchange.json[endpoint.wrapper_key])

    def listed(self, endpoint: ANY_ENDPOINT, exchange: Exchange) -> tuple[str, ...]:
        """Return the sourcedIds of the records of a successful page.

        Raises:
            CantTell: As for `records`.
        """
        ids = exchange.listed(endpoint.wrapper_key) if exchange.ok else None
        if ids is None:
            raise CantTell(f"{endpoint.operation_id} answered {exchange.status} without a list of records")
        return ids

    # --- lists -------------------------------------------------------------------------------------------------------

    def read(
        self,
        endpoint: ANY_ENDPOINT,
        *,
        path: Mapping[str, str] | None = None,
        query: Query = None,
        limit: int | None = None,
        auth: str = "a",
        most_pages: int | None = None,
        first: Exchange | None = None,
    ) -> Listing:
        """Read a list page by page: by Link where there is one, else by offset.

        Args:
            endpoint: The list.
            path: Path parameters.
            query: What to ask for besides limit and offset.
            limit: Size of a page; by default that of the target file.
            auth: Who asks.
            most_pages: Where to stop; by default where the target file says.
            first: The first page, where the check has asked for it already.

        Raises:
            CantTell: A page is no success or holds no list, or paging leads in a circle.
        """
        base = dict(pairs_of(query)) | {"limit": str(limit or self.claims.page_size)}

        def at(offset: int) -> str:
            """Return the address of the page at an offset."""
            return self.url(endpoint, path, {**base, "offset": str(offset)})

        def page_at(url: str, number: int) -> Exchange:
            """Return a page; the first may be there already."""
            return first if first is not None and number == 0 else self.ask(Ask("GET", url, auth))

        bound = most_pages or self.claims.most_pages
        return read_list(
            endpoint, at=at, page_at=page_at, rows_of=lambda page: len(self.listed(endpoint, page)), bound=bound
        )

    def census(self, endpoint: ANY_ENDPOINT, *, auth: str = "a") -> Listing:
        """Return the whole list of a collection (up to the page bound), read once per run.

        Raises:
            CantTell: The list cannot be read.
        """
        key = (self.family.spoken(endpoint).service.document_name, endpoint.operation_id, auth)
        with self._survey.once(key):
            if key not in self._survey._lists:  # noqa: SLF001 - the survey is the probe's own memory
                self._survey._lists[key] = self.read(endpoint, auth=auth)  # noqa: SLF001 - same
                return self._survey._lists[key]  # noqa: SLF001 - same
            listing = self._survey._lists[key]  # noqa: SLF001 - same
        # Whoever read the list first, its pages are evidence of every check that judges it.
        self.exchanges.extend(listing.exchanges)
        return listing

    def sample(self, endpoint: ANY_ENDPOINT, count: int, *, auth: str = "a") -> tuple[Record, ...]:
        """Return up to `count` records spread evenly over the list, the first and the last among them.

        Raises:
            Untested: The list is empty.
        """
        records = self.census(endpoint, auth=auth).records
        if not records:
            raise Untested(f"the target holds no {endpoint.wrapper_key}: seed at least one")
        return spread(records, count)

    # --- tokens and schemas ------------------------------------------------------------------------------------------

    def token_exchange(
        self,
        *,
        form: Query = None,
        auth_style: str = "basic",
        tenant: str = "a",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Exchange:
        """Send a token request and return the answer, in which every token is replaced by a pseudonym.

        Args:
            form: Form fields, by default `grant_type=client_credentials` alone; credentials are never among them.
            auth_style: How the client authenticates: `basic`, `body`, `wrong-secret`, `other-secret`,
                `unknown-client` or `none`.
            tenant: Whose client asks.
            headers: Further request headers.

        Raises:
            Untested: The target file has no such tenant.
            CantTell: No answer arrived.
        """
        if tenant not in self.claims.tenants:
            raise Untested(f"the target file has no [tenants.{tenant}]")
        pairs = pairs_of(form) or (("grant_type", "client_credentials"),)
        label = f"client:{tenant}:{auth_style}"
        content = urlencode(pairs, quote_via=quote).encode()
        return self.ask(Ask("POST", self.claims.token_url, label, headers, content), fresh=True)

    def handshake(self, url: str, *, most: str | None = None) -> Exchange:
        """Shake hands with the host of an address and return how it went, as JSON: `accepted`, `version`, `reason`.

        Args:
            url: A service's address or the token endpoint's.
            most: Highest version to offer, as `TLSv1.1`; by default what a careful client offers.

        Raises:
            Inapplicable: The address is plain http on this machine.
            CantTell: Nobody answers.
        """
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname in LOOPBACK:
            raise Inapplicable("plain http on this machine: there is no TLS to judge")
        headers = (("most", most),) if most else ()
        return self.ask(Ask("TLS", f"{parts.scheme}://{parts.netloc}", "none", headers))

    def shared(self, key: tuple[str, ...], compute: Callable[[], T]) -> T:
        """Return what `compute` makes, computed once a run and shared by all checks that use the same key.

        For costly derivations from lists that were read already; `compute` must not ask the target, since what it asks
        would be evidence of the first check only.
        """
        with self._survey.once(("shared", *key)):
            found = self._survey.derived
            if key not in found:
                found[key] = compute()
            made: T = found[key]
            return made

    @property
    def control(self) -> Control:
        """The test-control API of the target.

        Raises:
            Untested: The target offers none, or is no test environment.
        """
        if self.claims.environment != "test":
            raise Untested('the target may only be changed where [target] environment = "test"')
        if self.claims.control_url is None:
            raise Untested("the target offers no test control: add [control] url to the target file")
        return Control(self.claims.control_url, lambda ask: self.ask(ask, fresh=True), self.forget)

    def schema_errors(self, endpoint: ANY_ENDPOINT, body: Json) -> tuple[str, ...]:
        """Return where a body departs from the endpoint's schema, as `users/3/roles: reason`, values left out."""
        return self.schemas.of_response(self.family.spoken(endpoint)).errors(body)

    def forget(self) -> None:
        """Drop what was remembered: the check has changed the target."""
        self._survey.forget()

    def pause(self, seconds: float) -> None:
        """Wait, where the target is live: it may need a moment before a read shows what was written."""
        self._survey.pause(seconds)

    @property
    def ledger(self) -> Ledger:
        """What this run made in the target and has not taken away yet."""
        return self._survey.ledger
