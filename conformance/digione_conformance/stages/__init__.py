"""What is asked besides the core checks: the vendor's own document, generated requests, sequences of changes."""
