"""`tutti doctor`: looks at what the service is set up with, and says what to change."""

from tutti.cli.doctor.report import examine

__all__ = ["examine"]
