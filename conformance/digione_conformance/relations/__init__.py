"""What must hold between answers: order, membership, samples. Pure, and shared by the checks."""
