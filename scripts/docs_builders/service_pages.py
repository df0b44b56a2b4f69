"""The pages on the service: its operations, and every way a call can fail."""

from __future__ import annotations

import inspect
from typing import Any

from digione_sdk import errors
from digione_sdk.core.endpoints import ENDPOINTS, SERVICES, endpoints_of
from digione_sdk.core.endpoints.base import Endpoint, Service, Shape
from digione_sdk.core.scopes import PREFIX, Scope
from digione_sdk.model.base import Record
from digione_sdk.model.facts import fields_of
from docs_builders.markdown import code, codes, members_of, page, summary_of, table


def operations() -> str:
    """The endpoint tables, one row an operation."""
    scopes = [[code(scope.short), scope.permits] for scope in Scope]
    return page(
        "Operations",
        f"The {len(ENDPOINTS)} operations of OneRoster 1.2. Paths stand below the service's base URL. Any one of the "
        "scopes permits the call. The errors are those that the standard declares; each becomes an "
        "[exception](errors.md). Every success answers 200 where nothing else is said.",
        *(_service_section(service) for service in SERVICES),
        "## Scopes",
        f"On the wire a scope is `{PREFIX}` followed by its name.",
        table(("scope", "permits"), scopes),
    )


def _service_section(service: Service) -> str:
    offered = endpoints_of(service)
    intro = (
        f"{service.summary} {len(offered)} operations. The base URL ends in `{service.base_path}`; client methods "
        f"stand below `api.{service.name}`."
    )
    columns = ("operation", "client method", "sends", "answers with", "scopes", "errors")
    return f"## {service.title}\n\n{intro}\n\n{table(columns, [_row(endpoint) for endpoint in offered])}"


def _row(endpoint: Endpoint[Any]) -> list[str]:
    success = "" if endpoint.success == (200,) else " or ".join(str(status) for status in endpoint.success)
    answers = [] if endpoint.shape is Shape.EMPTY else [_wrapped(endpoint.envelope)]
    return [
        f"{code(endpoint.operation_id)}<br><code>{endpoint.method} {endpoint.path.replace('/', '/<wbr>')}</code>",
        code(endpoint.accessor),
        _wrapped(endpoint.body) if endpoint.body else "",
        ", ".join(([success] if success else []) + answers),
        "<br>".join(code(scope.short) for scope in endpoint.scopes),
        ", ".join(str(error) for error in endpoint.errors),
    ]


def _wrapped(envelope: type[Record]) -> str:
    (field,) = fields_of(envelope).values()
    name = field.item.__name__
    return f"{code(field.wire_name)}: [`{name}`](models.md#{name.lower()})"


WHAT_TO_DO = {
    "error": "Catch it to catch everything that the SDK raises on purpose.",
    "usage": "Correct the call; the message names the argument. Nothing was sent.",
    "filter": "Compare the expression with the [filter guide](../guides/filters.md). Nothing was sent.",
    "inexpressible": (
        "Ask for something that the version you speak has, or leave it out; the message names it. Nothing was sent."
    ),
    "field-not-requested": "Add the field to `fields=`, or read the record whole with `.get(id)`.",
    "configuration": "Correct the setting, or install the extra, that the message names.",
    "transport": "Nothing is known of what the server did. Reads were tried again already; look at the network.",
    "connection": "Check host name, port, proxy and certificate authority; `digione doctor` tries them one by one.",
    "timeout": "Ask for smaller pages or allow more time.",
    "authorisation": "Look at the two errors below it.",
    "token-request": "Check `token_url`, client id and secret. `.error` holds the token endpoint's own code.",
    "scope": "Ask the provider to grant one of `.needed` to your client.",
    "status": "Look at `.status` and `.payload.reasons`; give `.request_id` to the provider's support.",
    "bad-request": "The server refuses the filter, the field selection or a parameter; `.payload` says which kind.",
    "unauthorised": "The token was renewed once already. Check that the token endpoint belongs to this service.",
    "forbidden": "The client may not read this: ask for the scope, or for the agreement that covers it.",
    "not-found": "The object is gone, or not visible to this client; the two cannot be told apart on purpose.",
    "precondition-failed": "Read the record again with `.versioned(id)`, bring your change into it, and write that.",
    "invalid-data": "The request is well-formed, but its values make no sense together.",
    "too-many-requests": "Wait `.retry_after` seconds where it is given. The SDK has already waited and tried again.",
    "server": "Try later; give `.request_id` to the provider's support. Reads were tried again already.",
    "payload": "The provider breaks the standard at `.places`. Run the conformance suite and send them the report.",
    "missing-envelope": "Do not read it as an empty roster: stop the import and tell the provider.",
    "posted-in-part": "Keep `.pairs`. Look whether the records of `.missing` are there before you post them again.",
    "package": "Run `digione csv validate` on the package: it tells every fault with its place and how to mend it.",
    "paging": "Discard what arrived, or mark it as partial; never delete on the ground of it.",
    "truncated-list": "`.received` rows came, not the `.announced`. Read again; if it stays so, tell the provider.",
    "repeated-page": "The provider's paging goes in a circle. Run the conformance suite and send them the report.",
    "unstable-list": "Read again; if it stays so, the provider needs a stable default order. Delete nothing meanwhile.",
    "synchronisation-stopped": "Look at `.report.text()`, then name the kind in the guard, or tell the provider.",
}
"""Advice by error code: the one thing about an error that its class does not say."""


def error_classes() -> list[type[errors.DigiOneError]]:
    """Return every public exception, in the order of the source, which is that of the tree."""
    return [cls for cls in members_of(errors, errors.DigiOneError) if cls.__name__ in errors.__all__]


def _error_section(cls: type[errors.DigiOneError]) -> str:
    parameters = inspect.signature(cls.__init__).parameters.values()
    carried = [p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
    lines = [f"### {cls.__name__} {{ #{cls.code} }}", f"Code `{cls.code}`. {summary_of(cls)}"]
    if carried:
        lines.append(f"Carries {codes(f'.{name}' for name in carried)}.")
    lines.append(f"**What to do.** {WHAT_TO_DO[cls.code]}")
    return "\n\n".join(lines) + "\n"


def errors_page() -> str:
    """The exception tree and a section for every code."""
    tree = inspect.cleandoc(errors.__doc__ or "").split("\n\n")[1]
    return page(
        "Errors",
        "Everything the SDK raises on purpose descends from `digione_sdk.errors.DigiOneError`. `error.code` is stable "
        "and names a section of this page; messages may be reworded. No message holds a token, a name or another value "
        "of a record.",
        f"```text\n{inspect.cleandoc(tree)}\n```",
        "## By code",
        *(_error_section(cls) for cls in error_classes()),
    )
