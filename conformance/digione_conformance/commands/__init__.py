"""The commands of the suite, one a file; each file has `register(app)`, and heavy modules load only when it runs."""
