"""The third strangers: what real stacks do wrong in reads, and odd but legal servers. Written before a check was read.

Each module puts its classes on the lists of `lists.py`; what came of them stands in `first-run.md`.
"""

from tests.strangers.third import (
    below,
    filters,
    gateways,
    identity,
    legal_answers,
    legal_http,
    legal_people,
    legal_tokens,
    paging,
    records,
    relations,
    selections,
)

FILES = (
    below, filters, gateways, identity, legal_answers, legal_http, legal_people, legal_tokens, paging, records,
    relations, selections,
)  # fmt: skip
"""The files that put them on the lists."""
