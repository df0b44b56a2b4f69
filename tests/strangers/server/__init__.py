"""The stranger's server: one class, one method for each thing that a vendor may do in a way of his own.

A legal variant and a defect are sub-classes that override methods, so that each says in code what it does. The class is
put together from what a vendor has (`holding`), tells (`telling`), grants (`tokens`), reads (`reading`) and writes
(`writing`).
"""

from tests.strangers.server.listening import running
from tests.strangers.server.messages import Grant, Params, Refusal, Reply, Request
from tests.strangers.server.reading import CONTACT
from tests.strangers.server.tokens import SECRETS, TENANT
from tests.strangers.server.vendor import Vendor

__all__ = ["CONTACT", "SECRETS", "TENANT", "Grant", "Params", "Refusal", "Reply", "Request", "Vendor", "running"]
