"""Puts the page together: one file without anything from elsewhere, safe to open offline and to serve."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from tutti.fleet import verdict
from tutti.fleet.day import Day
from tutti.fleet.departures import bus_days
from tutti.fleet.problem import clock
from tutti.fleet.route import day_names
from tutti.fleet.timeline.axis import Axis
from tutti.fleet.timeline.drawing import Profile, bars
from tutti.fleet.week import absent_days

_FOLDER = files(__package__)


def timeline_html(document: Mapping[str, Any], day: Day) -> str:
    """The page of a plan document made for `day`; the same document gives the same bytes.

    Every text from the input is escaped. The page's own security policy allows its one style and one script by their
    hashes and nothing else, so that it also works where inline code is otherwise forbidden to load anything.
    """
    rows = bus_days(document, day)
    departures = [departure for row in rows for departure in row.departures]
    axis = Axis.around(minute for row in rows for minute in (row.block.leaves_min, row.block.back_min))
    hours = f":root {{ --hours: {len(axis.hours)}; }}\n"
    style = hours + colours() + _FOLDER.joinpath("page.css").read_text(encoding="utf-8")
    script = _FOLDER.joinpath("page.js").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals.update(bars=bars, clock=clock)
    return environment.from_string(_FOLDER.joinpath("page.html.jinja").read_text(encoding="utf-8")).render(
        title=f"{verdict.buses(len(rows))} for {len(departures)} routes" if rows else "No plan",
        days=day_names(document.get("days", [])),
        absent_days=day_names(absent_days(document)),
        document=document,
        cost=document["kpis"].get("cost", document["kpis"].get("fixed_cost")),
        rows=rows,
        departures=departures,
        axis=axis,
        profile=Profile.of(rows, axis),
        headline=verdict.headline(document["certificate"]),
        claims=verdict.claims(document["certificate"]),
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src {allowing(style)}; script-src {allowing(script)}",
    )


def colours() -> str:
    """The style sheet of what all pages of Tutti share: the colours of paper and ink, by day and by night."""
    return _FOLDER.joinpath("colours.css").read_text(encoding="utf-8")


def allowing(code: str) -> str:
    """What a security policy allows this inline style or script by, and no other."""
    return f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'"
