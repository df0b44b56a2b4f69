"""What was asked and answered: recorded, redacted, replayed."""
