"""What was found, signed: certificates that anybody can verify offline, their witnesses and their revocation."""
