import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fleet.pages import Page
from tests.fleet.test_timeline import DAY, HTML, html_of
from tutti.fleet.plan import Block, Plan, PlannedTrip

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


def shown(folder: Path, fragment: str = "", html: str = HTML) -> Page:
    """The page as a browser has it after its script ran."""
    assert CHROMIUM is not None
    file = folder / "plan.html"
    file.write_text(html)
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=1200,800",
        f"--user-data-dir={folder / 'profile'}",
    ]
    done = subprocess.run(
        [CHROMIUM, *options, "--dump-dom", f"{file.as_uri()}{fragment}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return Page(done.stdout)


def test_the_script_runs_and_brings_its_tools(tmp_path: Path) -> None:
    page = shown(tmp_path)
    tools = [element for element in page.elements if "scripted" in element.classes]
    assert len(tools) == 4
    assert not any("hidden" in tool.attributes for tool in tools)
    trips = [element for element in page.all("g") if "trip" in element.classes]
    assert [trip.attributes["aria-label"] for trip in trips] == [
        "R0001 07:00-07:20", "R0002 07:35-07:55", "R0003 10:40-11:00",
    ]  # fmt: skip
    assert [trip.attributes["tabindex"] for trip in trips] == ["0", "-1", "-1"]


def test_finding_leaves_the_buses_with_a_trip_that_has_all_words(tmp_path: Path) -> None:
    page = shown(tmp_path, "#oak%20r0002")
    hidden = ["hidden" in row.attributes for row in page.all("tr", within="timeline") if "bus" in row.classes]
    assert hidden == [False, True]
    trips = [element for element in page.all("g") if "trip" in element.classes]
    assert ["dim" in trip.classes for trip in trips] == [True, False, True]
    assert next(e.text for e in page.elements if e.attributes.get("id") == "found") == "1 of 3 trips"


def test_the_start_of_a_trip_is_shown_where_it_is_whole(tmp_path: Path) -> None:
    minutes = {"R0001": 6, "R0002": 60, "R0003": 9}
    trips = (
        PlannedTrip(route, 420 + 150 * number, 420 + 150 * number + minutes[route], 0, 7)
        for number, route in enumerate(minutes)
    )
    page = shown(tmp_path, html=html_of(Plan((Block("B1", "bus", 30, tuple(trips)),)), DAY))
    starts = [text for text in page.all("text") if text.text in {"07:00", "09:30", "12:00"} and text.classes]
    assert {start.text: "cut" in start.classes for start in starts} == {"07:00": True, "09:30": False, "12:00": True}
