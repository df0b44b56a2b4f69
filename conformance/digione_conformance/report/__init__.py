"""Reports: one result, shown to machines and to people."""
