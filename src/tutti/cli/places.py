"""`tutti places`: where deadheads of a day begin and end, for whoever makes a table of road times."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tutti.cli.choices import Choices
from tutti.cli.inputs import input_from
from tutti.fleet.options import with_options
from tutti.fleet.road_times import Spot
from tutti.fleet.road_times_checks import deadhead_places


def print_places(file: str, choices: Choices) -> None:
    """Print the places in the form of road times, which then need minutes or seconds.

    A table that the file has is left out of account: it is to be made anew. Raises InputError if a file can't be used.
    """
    given = input_from(file, choices)
    day = replace(given, content=with_options(given.content, {"road_times": None})).day()
    routes = day.routes if day.options.week else day.running
    origins, destinations = deadhead_places(routes, day.options.depots)
    json.dump({"origins": _listed(origins), "destinations": _listed(destinations)}, sys.stdout, indent=1)
    sys.stdout.write("\n")


def _listed(places: Mapping[Spot, str]) -> list[dict[str, Any]]:
    return [{"name": name, "lat": lat, "lon": lon} for (lat, lon), name in places.items()]
