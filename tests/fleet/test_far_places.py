"""Routes and depots whose degrees put them on another continent."""

import pytest

from tests.fleet.routes import JSON, entry, stop
from tutti.fleet.reading import read_day


def at(number: int, lat: float, lon: float) -> JSON:
    stops = [stop(1, lat=lat, lon=lon), stop(2, lat=lat, lon=lon), stop(3, lat=lat, lon=lon)]
    return entry(id=f"E{number}", stops=stops)


@pytest.mark.parametrize(("lat", "lon"), [(-3.0, 40.0), (0.0, 0.0)])
def test_a_route_that_is_turned_round_or_at_zero_brings_a_warning(lat: float, lon: float) -> None:
    day = read_day([at(1, 40.0, -3.0), at(2, lat, lon), at(3, 40.1, -3.1)])
    assert day.notes == (
        '1 route(s) begin and end more than 300 km from most others, the first is "E2": look at lat and lon',
    )


def test_a_trip_that_ends_far_away_brings_no_warning() -> None:
    trip = entry(
        id="trip", stops=[stop(1, lat=44.0), stop(2, lat=42.0, time_from_start=200), stop(3, time_from_start=400)]
    )
    assert read_day([at(1, 40.0, -3.0), at(2, 40.1, -3.0), trip]).notes == ()


def test_a_day_in_two_places_brings_no_warning() -> None:
    assert read_day([at(1, 40.0, -3.0), at(2, 50.0, 8.0)]).notes == ()


def test_a_depot_that_is_turned_round_brings_a_warning() -> None:
    depots = [{"name": "north", "lat": 40.1, "lon": -3.0}, {"name": "south", "lat": -3.0, "lon": 39.9}]
    day = read_day({"routes": [at(1, 40.0, -3.0)], "options": {"depots": depots}})
    assert day.notes == ('1 depot(s) are more than 300 km from most others, the first is "south": look at lat and lon',)
