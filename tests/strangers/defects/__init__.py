"""What real stacks do wrong, one class each: Java, .NET, PHP, Node, Go and SQL as they are found behind OneRoster.

Written before the checks of the suite were read. A module is an area and holds its defects; `ways` is what they share.
"""

from __future__ import annotations

from typing import Final

from tests.strangers.listing import Servers, read_all

DEFECTS: Final = Servers()
defect = DEFECTS.named
read_all(__name__, __path__)
AREAS: Final = {name: cls.__module__.rpartition(".")[2] for name, cls in DEFECTS.items()}

STRUCK: Final = {
    "active-enrolment-of-a-leaver": "no clause says that an enrolment falls with its user; tobedeleted obliges nobody",
    "term-outside-parent": "the model bounds enrolments and roles by their session, and no session by its parent",
    "ids-any-case": "nothing says whether an id minds its case, and many databases do not",
    "sort-any-case": "differs from code points only where a name begins small, which OR-ROS-SORT-003 leaves open",
    "result-student-unknown": "the model wants a user; who has a result may have left the class, or never sat in it",
    "versions-in-headers": "no clause forbids a server to name itself",
}
"""Legal after all, with the reason."""
LEFT: Final = {
    "head-length-nought": "HEAD is HTTP's, not the standard's: only a server error counts",
    "stamp-in-the-future": "would need a clock that the suite and the target both trust",
    "never-expires": "without test control nobody waits for a token to expire: the requirement is untested, not met",
    "delete-cascades-too-far": "where it takes what a check needs, the check cannot tell: the verdict is incomplete",
}
"""Not noticed, with the reason."""

__all__ = ["AREAS", "DEFECTS", "LEFT", "STRUCK", "defect"]
