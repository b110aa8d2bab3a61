"""The surface of our own, `/v1`."""
