"""From the places that `tutti places` prints to a table of road times, by the table service of an OSRM server.

    tutti places day.json | python examples/road_times_from_osrm.py http://127.0.0.1:5000 > roads.json
    tutti solve day.json --road-times roads.json

It needs nothing but Python.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from http.client import HTTPException
from typing import Any, TypeAlias
from urllib.error import HTTPError
from urllib.request import urlopen

PLACES_AT_ONCE = 50  # origins, and destinations: a server answers tables of 100 by 100 if it is told nothing else
FAR_FROM_ROADS_M = 200
TIMEOUT_S = 60

Place: TypeAlias = dict[str, Any]


def table(server: str, origins: Sequence[Place], destinations: Sequence[Place]) -> dict[str, Any]:
    """What the server answers for a few origins and destinations."""
    degrees = ";".join(f"{place['lon']},{place['lat']}" for place in [*origins, *destinations])
    numbers = [str(number) for number in range(len(origins) + len(destinations))]
    sources, targets = ";".join(numbers[: len(origins)]), ";".join(numbers[len(origins) :])
    url = f"{server.rstrip('/')}/table/v1/driving/{degrees}?sources={sources}&destinations={targets}"
    try:
        with urlopen(url, timeout=TIMEOUT_S) as answer:
            content: dict[str, Any] = json.load(answer)
    except HTTPError as error:
        with error:
            sys.exit(f"{server} answers {error.code}: {error.read(500).decode(errors='replace')}")
    except (OSError, HTTPException, ValueError) as error:
        sys.exit(f"{server} gives no table: {error}")
    return content


def parts(places: Sequence[Place]) -> Iterator[Sequence[Place]]:
    """The places, a few at a time."""
    return (places[first : first + PLACES_AT_ONCE] for first in range(0, len(places), PLACES_AT_ONCE))


def note_far(places: Sequence[Place], found: Sequence[dict[str, Any]]) -> None:
    """Say which places were moved far to the next road: their degrees may be wrong, or the map ends before them."""
    for place, waypoint in zip(places, found, strict=True):
        if (metres := waypoint.get("distance", 0)) > FAR_FROM_ROADS_M:
            print(f"{metres:.0f} m from a road: {place['name']}, {place['lat']}, {place['lon']}", file=sys.stderr)


def main(server: str) -> None:
    """Read places, ask for their times, and print both together."""
    places = json.load(sys.stdin)
    seconds: list[list[float | None]] = []
    for rows, origins in enumerate(parts(places["origins"])):
        wide: list[list[float | None]] = [[] for _ in origins]
        for columns, destinations in enumerate(parts(places["destinations"])):
            answer = table(server, origins, destinations)
            for row, more in zip(wide, answer["durations"], strict=True):
                row.extend(more)
            if not columns:
                note_far(origins, answer["sources"])
            if not rows:
                note_far(destinations, answer["destinations"])
        seconds += wide
    json.dump(places | {"seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
