"""A plan as one self-contained HTML page: a timeline with a row for each bus, and the timetable behind it."""

from tutti.fleet.timeline.page import timeline_html

__all__ = ["timeline_html"]
