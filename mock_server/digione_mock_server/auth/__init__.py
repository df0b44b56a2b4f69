"""Who asks: client registrations, the token endpoint, and the check of a bearer token."""

from digione_mock_server.auth.registrations import Client, Clients, hashed
from digione_mock_server.auth.tokens import Grant, Tokens

__all__ = ["Client", "Clients", "Grant", "Tokens", "hashed"]
