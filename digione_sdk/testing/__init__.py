"""Aids for people who test code that uses the SDK; nothing here is imported by the SDK itself.

`digione_sdk.testing.strategies` makes records of any shape with hypothesis. A server to test against, in a thread
of the test's own process, is in `digione_mock_server.testing`.
"""
