"""The synthetic municipality as a OneRoster CSV package, as it should be and, on demand, with a named export fault."""
