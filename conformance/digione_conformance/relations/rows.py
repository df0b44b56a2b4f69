"""The records of one list, and what is derived from them once: the values of a field, and who holds each."""

from __future__ import annotations
