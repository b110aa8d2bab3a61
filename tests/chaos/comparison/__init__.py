"""The same solves under the same kills, by Tutti and by a bare Celery task."""
