"""A provider on another stack, with data and habits of its own."""
