"""Vendors of OneRoster 1.1 who had not read the suite: an honest one, legal variants, and what real ones get wrong."""
