"""The conformance suite: certifies that an API does what OneRoster and the DigiOne community profile ask of it."""
