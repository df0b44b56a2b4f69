"""Semantic rules as pure functions over values; they know no file, no socket and no provider."""
