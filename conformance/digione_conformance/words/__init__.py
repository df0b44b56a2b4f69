"""What the suite says to people, in the languages of the ecosystem."""
