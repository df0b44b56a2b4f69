"""Every refusal as a value: which status, which reason of the standard's vocabulary, which words (rest-1.2 §8)."""

from __future__ import annotations

from collections.abc import Mapping

from digione_sdk.model.status import CodeMajor, CodeMinorValue, StatusInfo


class Refusal(Exception):
    """A request that is answered with an error status.

    The description is for a person and must hold nothing that the request or the store said: it ends in other
    people's logs.
    """

    def __init__(
        self, status: int, reason: CodeMinorValue, description: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.reason = reason
        self.description = description
        self.headers = dict(headers or {})

    @property
    def payload(self) -> StatusInfo:
        """The status payload of the answer."""
        info = StatusInfo.failure(self.reason, self.description)
        if self.status == 405:  # noqa: PLR2004 - the standard has a major code of its own for what a service does not offer
            return info.model_copy(update={"code_major": CodeMajor.UNSUPPORTED})
        return info


def bad_filter(description: str) -> Refusal:
    """A filter that does not parse or does not fit the model."""
    return Refusal(400, CodeMinorValue.INVALID_FILTER_FIELD, description)


def bad_selection(description: str) -> Refusal:
    """An unknown name in `fields` or `sort`."""
    return Refusal(400, CodeMinorValue.INVALID_SELECTION_FIELD, description)


def bad_parameter(description: str) -> Refusal:
    """A paging parameter out of its range; the vocabulary has no closer word than `invaliddata`."""
    return Refusal(400, CodeMinorValue.INVALIDDATA, description)


def invalid_object(description: str) -> Refusal:
    """Well-formed JSON that is not what it should be."""
    return Refusal(422, CodeMinorValue.INVALIDDATA, description)


def unauthorised(description: str, *, challenge: str) -> Refusal:
    """No token, or one that is not accepted; `challenge` is the WWW-Authenticate value (RFC 6750 §3)."""
    return Refusal(401, CodeMinorValue.UNAUTHORISEDREQUEST, description, headers={"WWW-Authenticate": challenge})


def forbidden(description: str, *, challenge: str) -> Refusal:
    """A good token without the scope; `challenge` names the scopes that would do (RFC 6750 §3.1)."""
    return Refusal(403, CodeMinorValue.FORBIDDEN, description, headers={"WWW-Authenticate": challenge})


def unknown_object(description: str = "Unknown Object") -> Refusal:
    """No such object, none that this client may see, or no such address; all alike, so that none can be told apart."""
    return Refusal(404, CodeMinorValue.UNKNOWNOBJECT, description)


def method_not_allowed(*allowed: str) -> Refusal:
    """A method that the address does not offer."""
    return Refusal(
        405, CodeMinorValue.INVALIDDATA, "Method not offered at this address", headers={"Allow": ", ".join(allowed)}
    )


def precondition_failed() -> Refusal:
    """The object is not, or no longer, as the request supposes (RFC 9110 §13.1)."""
    return Refusal(412, CodeMinorValue.INVALIDDATA, "The object is not as If-Match or If-None-Match supposes")


def cannot_delete(description: str) -> Refusal:
    """An object that others still need."""
    return Refusal(422, CodeMinorValue.DELETEFAILURE, description)


def server_busy(*, retry_after: int = 0) -> Refusal:
    """Too many requests; the client may come again after so many seconds."""
    return Refusal(429, CodeMinorValue.SERVER_BUSY, "Too many requests", headers={"Retry-After": str(retry_after)})


def server_failing() -> Refusal:
    """Out of order for the moment; the client may try again."""
    return Refusal(503, CodeMinorValue.INTERNAL_SERVER_ERROR, "Out of order for the moment")


def internal_error() -> Refusal:
    """The last resort; says nothing of what went wrong."""
    return Refusal(500, CodeMinorValue.INTERNAL_SERVER_ERROR, "Internal server error")
