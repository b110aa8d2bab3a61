"""The chart's values as Pydantic models: what values.yaml, its schema and the README's table are written from."""
