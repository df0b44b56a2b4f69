"""The second strangers: vendors whose servers take writes, by an author who had not read what the suite asks."""
