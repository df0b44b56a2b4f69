"""The synchronous client, made from `_async` by `scripts/unasync.py`; only `_compat.py` is written by hand."""
