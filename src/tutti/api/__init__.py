"""HTTP: the kept contract and /v1 over the same jobs."""
