"""How a check is written, and what it may ask."""
