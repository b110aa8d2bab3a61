"""From JSON objects to vehicle types: everything that is wrong with a fleet is found."""

from tutti.fleet.fields import Fields, check_names, described
from tutti.fleet.vehicle import VehicleType

MOST_SEATS = 1000
_MOST_BUSES = 20_000
_MOST_FIXED_COST, _MOST_COST_PER_MIN = 10**9, 10**6  # with 20,000 buses below 2 ** 53: exact as floating-point numbers
_COSTS_PER_MIN = ("deadhead_cost_per_min", "service_cost_per_min")
VEHICLE_FIELDS = ("name", "seats", "fixed_cost", "count", "features", *_COSTS_PER_MIN, "depots")


def read_vehicle_types(options: Fields) -> tuple[VehicleType, ...]:
    """The types in the list vehicle_types, after noting all that is wrong with it; an empty list is wrong."""
    types = list(options.objects("vehicle_types"))
    if options.record.get("vehicle_types") == []:
        options.wrong("vehicle_types", "is empty; give one type at least, or leave it out")
    _check_together(types)
    vehicles = [_read_type(fields) for fields in types]
    return tuple(vehicle for vehicle in vehicles if vehicle is not None)


def _read_type(fields: Fields) -> VehicleType | None:
    check_names(fields, VEHICLE_FIELDS, "a field of a vehicle type")
    name = fields.text("name", required=True)
    seats = fields.whole("seats", 1, MOST_SEATS, required=True)
    count = None
    if fields.record.get("count") == 0 and type(fields.record["count"]) is int:
        fields.wrong("count", "is 0; leave out a type of which there is no bus")
    else:
        count = fields.whole("count", 1, _MOST_BUSES)
    fixed_cost = fields.whole("fixed_cost", 0, _MOST_FIXED_COST)
    per_min = {each: fields.whole(each, 0, _MOST_COST_PER_MIN) or 0 for each in _COSTS_PER_MIN}
    features, depots = (frozenset(fields.texts(each)) for each in ("features", "depots"))
    if name is None or seats is None:
        return None
    return VehicleType(name, seats, fixed_cost, count, features, **per_min, depots=depots)


def _check_together(types: list[Fields]) -> None:
    """Names differ, and costs are given for all types or for none: a bus can't be compared with what has no price."""
    first_with: dict[str, Fields] = {}
    with_cost = next((fields for fields in types if fields.has("fixed_cost")), None)
    for fields in types:
        name = fields.record.get("name")
        if isinstance(name, str) and first_with.setdefault(name, fields) is not fields:
            fields.wrong("name", f"{described(name)} is already the name of {first_with[name].path}; give each its own")
        if with_cost is not None and not fields.has("fixed_cost"):
            fields.wrong("fixed_cost", f"is missing, but {with_cost.path} has it; give it for all types or for none")
        if with_cost is None:
            for cost in _COSTS_PER_MIN:
                if fields.has(cost):
                    fields.wrong(cost, "needs fixed_cost beside it; where a bus itself costs nothing, give 0")
