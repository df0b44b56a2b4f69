"""The reference server: serves what the SDK's models and endpoint tables say, and nothing they do not say."""
