"""Days of routes in the kept shape: small ones that are solved at once, large ones that are not."""

import random
from typing import Any


def day(routes: int, seed: int = 1) -> list[dict[str, Any]]:
    """Entry and exit routes around one town, each of 20 minutes, spread over the day."""
    chance = random.Random(seed)
    return [_route(number, chance) for number in range(1, routes + 1)]


def _route(number: int, chance: random.Random) -> dict[str, Any]:
    lat, lon = 40 + 0.3 * chance.random(), -3.7 + 0.3 * chance.random()
    clock = f"{chance.randrange(7, 17):02d}:{chance.choice((0, 15, 30, 45)):02d}"
    entry = number % 2 == 1
    return {
        "id": f"R{number:04d}",
        "name": f"Route {number}",
        "type": "entry" if entry else "exit",
        "arrival_time" if entry else "departure_time": clock,
        "school_id": "S1",
        "school_name": "Oak School",
        "days": ["L"],
        "capacity_needed": 30,
        "contract_id": "C1",
        "stops": [
            {"name": "First", "lat": lat, "lon": lon, "order": 1, "time_from_start": 0, "passengers": 30},
            {
                "name": "Oak School",
                "lat": lat + 0.03,
                "lon": lon + 0.03,
                "order": 2,
                "time_from_start": 20,
                "passengers": 0,
                "is_school": True,
            },
        ],
    }
