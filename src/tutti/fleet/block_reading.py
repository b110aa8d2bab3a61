"""From JSON objects to depots and to what blocks must keep: everything that is wrong with them is found."""

from tutti.fleet.blocks import BlockLimits, Depot
from tutti.fleet.fields import Fields, check_names, described
from tutti.fleet.vehicle import VehicleType

_MOST_BLOCK_MIN = 2880
DEPOT_FIELDS = ("name", "lat", "lon")
BREAK_FIELDS = ("after_min", "length_min")


def read_depots(options: Fields) -> tuple[Depot, ...]:
    """The depots in the list depots, after noting all that is wrong with it."""
    depots: dict[str, Depot] = {}
    first_with: dict[str, Fields] = {}
    for fields in options.objects("depots"):
        check_names(fields, DEPOT_FIELDS, "a field of a depot")
        depot = fields.text("name", required=True)
        place = fields.degrees()
        if depot is not None and (other := first_with.setdefault(depot, fields)) is not fields:
            fields.wrong("name", f"{described(depot)} is already the name of {other.path}; give each its own")
        if depot is not None and place is not None:
            depots[depot] = Depot(depot, place)
    return tuple(depots.values())


def read_limits(options: Fields) -> BlockLimits:
    """The fields max_block_min and break."""
    longest = options.whole("max_block_min", 1, _MOST_BLOCK_MIN)
    fields = options.inner("break")
    if fields is None:
        return BlockLimits(longest)
    check_names(fields, BREAK_FIELDS, "a field of a break")
    after = fields.whole("after_min", 1, _MOST_BLOCK_MIN, required=True)
    length = fields.whole("length_min", 1, _MOST_BLOCK_MIN, required=True)
    return BlockLimits(longest, after, length or 0)


def check_depots_of_types(types: tuple[VehicleType, ...], depots: tuple[Depot, ...], options: Fields) -> None:
    """Note the depots of types that there aren't."""
    known = {depot.name for depot in depots}
    for index, vehicle in enumerate(types):
        for unknown in sorted(vehicle.depots - known):
            message = f"there is no depot {described(unknown)} in the option depots; add it there or correct the name"
            options.wrong(f"vehicle_types[{index}].depots", message)
