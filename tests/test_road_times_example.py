"""The script that makes a table of road times of what an OSRM server answers."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.servers import free_port
from tests.services import http_server

SCRIPT = Path(__file__).parents[1] / "examples" / "road_times_from_osrm.py"
NO_SEGMENT = {"code": "NoSegment", "message": "Could not find a matching segment for coordinate 0"}
FAR = {"name": "end of route far", "lat": 50.0, "lon": 8.5}


class Osrm(BaseHTTPRequestHandler):
    """Answers like `/table/v1`, also that it can't. A drive takes the seconds that its places' degrees say."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        places = [tuple(map(float, pair.split(","))) for pair in address.path.split("/")[-1].split(";")]
        chosen = {
            name: [places[int(at)] for at in value[0].split(";")] for name, value in parse_qs(address.query).items()
        }
        sources, destinations = chosen["sources"], chosen["destinations"]
        if (0.0, 0.0) in places:
            self._answer(400, NO_SEGMENT)
            return
        if len(sources) * len(destinations) > 100 * 100:
            self._answer(400, {"code": "TooBig", "message": "Too many table coordinates"})
            return
        durations = [[self._seconds(one, other) for other in destinations] for one in sources]
        waypoints = {
            name: [{"location": place, "distance": 1000.0 if place[1] >= 50 else 3.2} for place in places]
            for name, places in chosen.items()
        }
        self._answer(200, {"code": "Ok", "durations": durations, **waypoints})

    @staticmethod
    def _seconds(origin: tuple[float, ...], destination: tuple[float, ...]) -> float | None:
        return None if origin[1] >= 50 else round(origin[0] * 1000 + destination[1], 3)

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def osrm() -> Iterator[str]:
    """Its address."""
    with http_server(Osrm) as server:
        yield f"http://127.0.0.1:{server.server_port}"


def made(places: object, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments],
        input=json.dumps(places),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_table_has_a_row_for_each_origin_however_many_are_asked_at_once(osrm: str) -> None:
    origins = [{"name": str(number), "lat": 1.0, "lon": float(number)} for number in range(120)]
    destinations = [{"name": str(number), "lat": number / 1000, "lon": 2.0} for number in range(101)]
    ended = made({"origins": origins, "destinations": destinations}, osrm + "/")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout) == {
        "origins": origins,
        "destinations": destinations,
        "seconds": [[round(row * 1000 + column / 1000, 3) for column in range(101)] for row in range(120)],
    }


def test_places_far_from_roads_are_named_and_their_times_left_out(osrm: str) -> None:
    near = {"name": "depot", "lat": 40.0, "lon": 8.5}
    ended = made({"origins": [near, FAR], "destinations": [near]}, osrm)
    assert ended.stderr == "1000 m from a road: end of route far, 50.0, 8.5\n"
    assert json.loads(ended.stdout)["seconds"] == [[8540.0], [None]]


def test_a_server_that_refuses_is_quoted(osrm: str) -> None:
    nowhere = {"name": "nowhere", "lat": 0.0, "lon": 0.0}
    ended = made({"origins": [nowhere], "destinations": [FAR]}, osrm)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"{osrm} answers 400: {json.dumps(NO_SEGMENT)}\n"


def test_a_server_that_is_not_there_is_named() -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    ended = made({"origins": [FAR], "destinations": [FAR]}, nobody)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"{nobody} gives no table: ")
