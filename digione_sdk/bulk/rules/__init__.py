"""The rules on rows, keys and references, as SQL over the tables that a package was loaded into."""
