"""What the fakes share: where tokens come from, who is protected, and how a request is refused."""

from __future__ import annotations

from tests.unit.conformance.checks.school import Record

PROTECTED = "under-protection-1"
"""Id of a person whom no answer of a correct target shows."""
TOKEN_URL = "https://roster.invalid/token"


class Refusal(Exception):
    """A refusal: status and codeMinor."""

    def __init__(self, status: int, reason: str, description: str = "Refused.") -> None:
        super().__init__(description)
        self.status, self.reason, self.description = status, reason, description


def payload(reason: str, description: str) -> Record:
    named = [{"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": reason}]
    minor = {"imsx_codeMinorField": named}
    head = {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": description}
    return {**head, "imsx_CodeMinor": minor}
