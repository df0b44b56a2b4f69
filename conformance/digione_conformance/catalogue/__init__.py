"""What is demanded, and the arithmetic of verdicts."""
