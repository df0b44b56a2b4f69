"""The checks, one file per area; importing the package registers nothing, `load_checks` does."""
