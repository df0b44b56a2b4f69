"""What clients are tried with: scenarios at addresses of their own, and a record of what each client asked."""
