"""The rules that a plan's blocks must keep as a whole: type, count, cost, depot, length, breaks."""

from collections import Counter
from collections.abc import Iterator

from tutti.fleet.blocks import first_without_break, length_min
from tutti.fleet.errors import Finding
from tutti.fleet.plan import Plan
from tutti.fleet.problem import Problem, clock


def buses_are_of_a_known_type(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Only buses of the fleet can be sent, and they have the seats of their type."""
    known = problem.types_by_name
    for number, block in enumerate(plan.blocks):
        vehicle = known.get(block.vehicle_type)
        if vehicle is None:
            message = f"there is no vehicle type {block.vehicle_type}, only {', '.join(known)}"
            yield Finding(f"blocks[{number}].vehicle_type", message)
        elif block.seats != vehicle.seats:
            message = f"a bus of type {vehicle.name} has {vehicle.seats} seats, not {block.seats}"
            yield Finding(f"blocks[{number}].seats", message)


def there_are_buses_enough(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """No more buses of a type can be sent than there are."""
    used = Counter(block.vehicle_type for block in plan.blocks)
    for vehicle in problem.vehicle_types:
        if vehicle.count is not None and used[vehicle.name] > vehicle.count:
            yield Finding("blocks", f"{used[vehicle.name]} buses are of type {vehicle.name}, there are {vehicle.count}")


def costs_are_as_claimed(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """What a bus costs is what its type costs, and the minutes that it drives."""
    known = problem.types_by_name
    for number, block in enumerate(plan.blocks):
        vehicle = known.get(block.vehicle_type)
        if vehicle is None or block.fixed_cost is None:
            continue
        service_min = sum(trip.end_min - trip.start_min for trip in block.trips)
        for name, claimed, cost in (
            ("fixed_cost", block.fixed_cost, vehicle.fixed_cost or 0),
            ("running_cost", block.running_cost, vehicle.running_cost(block.deadhead_min, service_min)),
        ):
            if claimed != cost:
                message = f"bus {block.id} of type {vehicle.name} costs {cost}, not {claimed}"
                yield Finding(f"blocks[{number}].{name}", message)


def blocks_begin_and_end_at_a_depot(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Where there are depots, a bus comes from one that its type may stand in, and goes back to it."""
    depots = {depot.name: depot for depot in problem.depots}
    trips, types = problem.trips_by_id, problem.types_by_name
    for number, block in enumerate(plan.blocks):
        path, depot = f"blocks[{number}]", depots.get(block.depot or "")
        vehicle = types.get(block.vehicle_type)
        if depot is None:
            if block.depot is not None or depots:
                message = f"bus {block.id} stands in {block.depot}; depots are {', '.join(depots) or 'not given'}"
                yield Finding(f"{path}.depot", message)
            continue
        if vehicle is not None and depot not in problem.depots_of(vehicle):
            yield Finding(f"{path}.depot", f"buses of type {vehicle.name} don't stand in {depot.name}")
        ends = [trips.get(trip.route_id) for trip in (*block.trips[:1], *block.trips[-1:])]
        if len(ends) < 2 or ends[0] is None or ends[1] is None:
            continue
        for name, claimed, minutes in (
            ("pull_out_min", block.pull_out_min, problem.pull_out_min(depot, ends[0])),
            ("pull_in_min", block.pull_in_min, problem.pull_in_min(ends[1], depot)),
        ):
            if claimed != minutes:
                message = f"is {claimed}, but between {depot.name} and the trip it takes {minutes} min"
                yield Finding(f"{path}.{name}", message)


def blocks_are_not_too_long(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """A bus is back in time for whatever its day is limited by."""
    longest = problem.limits.longest_min
    for number, block in enumerate(plan.blocks):
        if longest is not None and length_min(block) > longest:
            message = f"block {block.id} takes {length_min(block)} min, {longest} are allowed"
            yield Finding(f"blocks[{number}]", message)


def drivers_have_their_breaks(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Nobody drives children for longer than is allowed without a break."""
    limits = problem.limits
    for number, block in enumerate(plan.blocks):
        index = first_without_break(limits, block)
        if index is not None:
            trip = block.trips[index]
            yield Finding(
                f"blocks[{number}].trips[{index}]",
                f"when route {trip.route_id} ends at {clock(trip.end_min)}, bus {block.id} has worked for more than "
                f"{limits.break_after_min} min without a break of {limits.break_min} min",
            )


def every_block_is_one_bus(problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Blocks are counted as buses, so each has trips to run and an id of its own."""
    first_path: dict[str, str] = {}
    for number, block in enumerate(plan.blocks):
        path = f"blocks[{number}]"
        if not block.trips:
            yield Finding(f"{path}.trips", f"block {block.id} has no trips, so no bus is needed for it")
        earlier = first_path.setdefault(block.id, path)
        if earlier != path:
            yield Finding(f"{path}.id", f"the id {block.id} is taken by {earlier}")
