"""Questions: a query string becomes a value, the value becomes SQL, the SQL becomes an array of primary keys."""

from digione_mock_server.query.keys import KeyArrays, rows_statement
from digione_mock_server.query.parameters import Query, read_query
from digione_mock_server.query.sight import Sight

__all__ = ["KeyArrays", "Query", "Sight", "read_query", "rows_statement"]
