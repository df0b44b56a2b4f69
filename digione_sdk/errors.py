"""Every way the SDK can fail, as one tree.

    DigiOneError
    ├── UsageError (ValueError)         the call itself is wrong; raised before anything is sent
    │   ├── FilterError                   a filter does not parse or does not fit the model
    │   ├── Inexpressible                 the version that the provider speaks cannot say it
    │   └── FieldNotRequestedError        (AttributeError) reading a field that `fields=` left out
    ├── ConfigurationError              the client or the installation is set up wrongly
    ├── TransportError                  no complete answer arrived
    │   ├── ConnectionFailed              name, network, TLS or proxy
    │   └── RequestTimedOut               a time limit passed
    ├── AuthorisationError              no usable token
    │   ├── TokenRequestFailed            the token endpoint refused or answered nonsense
    │   └── ScopeNotGranted               the token lacks a scope that the call needs
    ├── StatusError                     the server answered with an error status; carries `.status` and `.payload`
    │   ├── BadRequest (400)  Unauthorised (401)  Forbidden (403)  NotFound (404)  InvalidData (422)
    │   ├── PreconditionFailed (412)      the record changed since the tag of `if_match=` was read
    │   ├── TooManyRequests (429)         carries `.retry_after`
    │   └── ServerError (5xx)
    ├── PayloadError                    a success whose body does not fit the model
    │   ├── MissingEnvelope               the wrapper key is absent: never read as an empty roster
    │   └── PostedInPart                  a POST was answered with ids for some of the records only; carries them
    ├── PackageError                    a CSV package that cannot be read; carries `.file`, `.row` and `.column`
    ├── PagingError                     a list that cannot be trusted to be whole
    │   ├── TruncatedListError            fewer rows than the server announced
    │   ├── RepeatedPageError             the server sends the same page again, or pages in a circle
    │   └── UnstableListError             rows come twice, or the total shrinks, while the list is read
    └── SynchronisationStopped          nothing was applied, because somebody should look first; carries `.report`

Every error has a stable `code` that names its section in the documentation; messages may be reworded freely.
No message ever holds a token, a name, an identity code or any other value of a record: errors that wrap another
library's error are raised `from None` with a message of our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Protocol

__all__ = [
    "AuthorisationError",
    "BadRequest",
    "ConfigurationError",
    "ConnectionFailed",
    "DigiOneError",
    "FieldNotRequestedError",
    "FilterError",
    "Forbidden",
    "Inexpressible",
    "InvalidData",
    "MissingEnvelope",
    "NotFound",
    "PackageError",
    "PagingError",
    "PayloadError",
    "PostedInPart",
    "PreconditionFailed",
    "RepeatedPageError",
    "RequestTimedOut",
    "ScopeNotGranted",
    "ServerError",
    "StatusError",
    "SynchronisationStopped",
    "TokenRequestFailed",
    "TooManyRequests",
    "TransportError",
    "TruncatedListError",
    "Unauthorised",
    "UnstableListError",
    "UsageError",
]


class DigiOneError(Exception):
    """Root of everything the SDK raises on purpose; `code` names a section of the error reference."""

    code: ClassVar[str] = "error"


class UsageError(DigiOneError, ValueError):
    """The call is wrong; raised before anything is sent, naming the argument."""

    code: ClassVar[str] = "usage"

    def __init__(self, message: str, *, argument: str | None = None) -> None:
        super().__init__(f"{argument}: {message}" if argument else message)
        self.argument = argument


class FilterError(UsageError):
    """A filter expression that does not parse, or names a field the model does not have."""

    code: ClassVar[str] = "filter"


class Inexpressible(UsageError):
    """The version of the standard that is spoken has no words for it: an operation, a field or a value."""

    code: ClassVar[str] = "inexpressible"


class FieldNotRequestedError(UsageError, AttributeError):
    """A field of a partial record that `fields=` did not ask for."""

    code: ClassVar[str] = "field-not-requested"


class ConfigurationError(DigiOneError):
    """The client or the installation is set up wrongly: a bad URL, a missing extra, no credentials."""

    code: ClassVar[str] = "configuration"


class TransportError(DigiOneError):
    """No complete answer arrived, so nothing is known about what the server did."""

    code: ClassVar[str] = "transport"


class ConnectionFailed(TransportError):
    """The name, the network, TLS or the proxy failed before an answer began."""

    code: ClassVar[str] = "connection"


class RequestTimedOut(TransportError):
    """A time limit passed before the answer was complete."""

    code: ClassVar[str] = "timeout"


class AuthorisationError(DigiOneError):
    """No usable access token."""

    code: ClassVar[str] = "authorisation"


class TokenRequestFailed(AuthorisationError):
    """The token endpoint refused, or its answer is no token response (RFC 6749 §5)."""

    code: ClassVar[str] = "token-request"

    def __init__(self, message: str, *, status: int | None = None, error: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        """The `error` token of RFC 6749 §5.2, where the server sent one."""


class ScopeNotGranted(AuthorisationError):
    """The token that was granted carries none of the scopes that permit the call."""

    code: ClassVar[str] = "scope"

    def __init__(self, message: str, *, needed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.needed = needed


class StatusPayload(Protocol):
    """What an error payload says; `StatusInfo` is one. Stated here, because errors stand below the models."""

    @property
    def description(self) -> str | None:
        """Free text for a person. It is the server's and may hold anything, so it is part of no message."""

    @property
    def reasons(self) -> Sequence[str]:
        """The codeMinor values, without the systems that gave them."""


class StatusError(DigiOneError):
    """The server answered with an error status.

    Attributes:
        status: HTTP status code.
        payload: The parsed status payload (imsx_StatusInfo), or None where the body held none.
        request_id: The server's request id, where it sent one.
    """

    code: ClassVar[str] = "status"

    def __init__(
        self,
        message: str,
        *,
        status: int,
        payload: StatusPayload | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.payload = payload
        self.request_id = request_id
        self.retry_after = retry_after
        """Seconds the server asks to wait (Retry-After), where it said so."""


class BadRequest(StatusError):
    """400: a filter, field selection or parameter the server refuses."""

    code: ClassVar[str] = "bad-request"
    status: Literal[400]


class Unauthorised(StatusError):
    """401: the token is missing, expired or not accepted."""

    code: ClassVar[str] = "unauthorised"
    status: Literal[401]


class Forbidden(StatusError):
    """403: the token is good, but does not permit this call."""

    code: ClassVar[str] = "forbidden"
    status: Literal[403]


class NotFound(StatusError):
    """404: no such object, or none that this client may see."""

    code: ClassVar[str] = "not-found"
    status: Literal[404]


class PreconditionFailed(StatusError):
    """412: the record is no longer the one whose tag `if_match=` named."""

    code: ClassVar[str] = "precondition-failed"
    status: Literal[412]


class InvalidData(StatusError):
    """422: well-formed, but wrong in meaning."""

    code: ClassVar[str] = "invalid-data"
    status: Literal[422]


class TooManyRequests(StatusError):
    """429: slow down; `retry_after` says for how many seconds, where the server said so."""

    code: ClassVar[str] = "too-many-requests"
    status: Literal[429]


class ServerError(StatusError):
    """5xx: the server failed."""

    code: ClassVar[str] = "server"


class PayloadError(DigiOneError):
    """A success whose body does not fit the model; names the places, never the values."""

    code: ClassVar[str] = "payload"

    def __init__(self, message: str, *, places: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.places = places
        """Where the body does not fit, as `users.3.roles.0.role: reason`, at most twenty."""


class MissingEnvelope(PayloadError):
    """The wrapper key is absent from a success: that is a fault, never an empty roster (pitfall 65)."""

    code: ClassVar[str] = "missing-envelope"


class AllocatedIds(Protocol):
    """Which id a provider gave to which record; `GUIDPair` is one. Stated here for the reason of `StatusPayload`."""

    @property
    def supplied_sourced_id(self) -> str:
        """The temporary id that was sent."""

    @property
    def allocated_sourced_id(self) -> str:
        """The id that the provider gave."""


class PostedInPart(PayloadError):
    """A POST succeeded, but its answer does not hold one id for each record sent: some may not have been taken.

    Attributes:
        pairs: The ids that were allocated, as they came.
        missing: The supplied ids for which no id came. Ids of results are pseudonyms: they are in no message.
    """

    code: ClassVar[str] = "posted-in-part"

    def __init__(self, message: str, *, pairs: Sequence[AllocatedIds], missing: tuple[str, ...]) -> None:
        super().__init__(message)
        self.pairs = tuple(pairs)
        self.missing = missing


class PackageError(DigiOneError):
    """A CSV package that cannot be read, or that breaks a rule where none may be broken.

    Attributes:
        file: Name of the file in the package, or of the package itself.
        row: Line of the file, the header being 1.
        column: Name of the column.
    """

    code: ClassVar[str] = "package"

    def __init__(
        self, message: str, *, file: str | None = None, row: int | None = None, column: str | None = None
    ) -> None:
        place = [file] if file else []
        place += [f"row {row}"] if row else []
        place += [column] if column else []
        super().__init__(f"{', '.join(place)}: {message}" if place else message)
        self.file = file
        self.row = row
        self.column = column


class PagingError(DigiOneError):
    """A list that cannot be trusted to be whole; raised after the rows that did arrive were yielded."""

    code: ClassVar[str] = "paging"

    def __init__(self, message: str, *, received: int, announced: int | None = None) -> None:
        super().__init__(message)
        self.received = received
        self.announced = announced


class TruncatedListError(PagingError):
    """Fewer rows arrived than the server announced last."""

    code: ClassVar[str] = "truncated-list"


class RepeatedPageError(PagingError):
    """The server sends a page again, or its links lead in a circle."""

    code: ClassVar[str] = "repeated-page"


class UnstableListError(PagingError):
    """Rows came twice or the total shrank while the list was read, so that other rows may be missing (pitfall 23)."""

    code: ClassVar[str] = "unstable-list"


class Reported(Protocol):
    """What a stopped synchronisation would have done; `digione_sdk.synchronise.Report` is it."""

    @property
    def stopped(self) -> Sequence[str]:
        """Why it stopped, a sentence each."""

    def text(self, *, width: int | None = None) -> str:
        """Return the difference as text for a person, wrapped to a width where one is given."""

    def as_json(self) -> object:
        """Return it as JSON."""


class SynchronisationStopped(DigiOneError):
    """Nothing was applied, because somebody should look first: too many deletions, or ids that were replaced."""

    code: ClassVar[str] = "synchronisation-stopped"

    def __init__(self, message: str, *, report: Reported) -> None:
        super().__init__(message)
        self.report = report
