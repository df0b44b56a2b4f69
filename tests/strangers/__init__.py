"""A OneRoster 1.2 server written from the facts of the standard alone, by somebody who had not read the checks.

It shares nothing with the reference server: other routes, other data, other ids, other choices wherever the standard
leaves one. It measures whom the suite accuses wrongly and what it misses beyond the faults of its own authors.
"""
