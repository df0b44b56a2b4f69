"""By what policy the server tells its 1.2 objects in 1.1: one for what it serves and for what it finds."""

from __future__ import annotations

import re
from typing import Final

from digione_sdk.wire.versions import ConversionPolicy
from digione_sdk.wire.versions.policy import PSEUDONYM

_ADDRESS: Final = re.compile(r"/ims/oneroster/(?:rostering|gradebook|resources)/v1p2/")

POLICY: Final = ConversionPolicy(
    # Every line item has a session; a term stands in for a grading period where there is none.
    any_session=True,
    # Neither an e-mail address, which some clients must not see, nor the sourcedId, which must not tell of a person.
    username_from=(PSEUDONYM,),
    rebase=lambda href: _ADDRESS.sub("/ims/oneroster/v1p1/", href),
)
