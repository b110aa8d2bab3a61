"""From JSON objects to routes: everything that is wrong is found, everything repaired or ignored is noted."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

from tutti.fleet.errors import Finding
from tutti.fleet.fields import Fields, described
from tutti.fleet.problem import TripKind
from tutti.fleet.route import DAY_CODES, Route, Stop
from tutti.fleet.travel import GreatCircleTravel
from tutti.fleet.vehicle_reading import MOST_SEATS

_ROUTE_TEXTS = ("name", "school_id", "school_name", "vehicle_capacity_range", "contract_id")
ROUTE_FIELDS = frozenset({
    *_ROUTE_TEXTS, "id", "stops", "arrival_time", "departure_time", "capacity_needed", "vehicle_capacity_min",
    "vehicle_capacity_max", "type", "days", "features",
})  # fmt: skip
STOP_FIELDS = frozenset({"name", "lat", "lon", "order", "time_from_start", "passengers", "is_school"})
_DAYS = ", ".join(f"{code} ({name})" for code, name in DAY_CODES.items())  # in words, for M is no Monday
_KINDS: dict[str, str] = {"entry": "to school", "exit": "from school"}
_MOST_MINUTES = 1440
_DISTANCE = GreatCircleTravel()
_KM_PER_DEGREE = 111.2  # of latitude; of longitude at most
_FAR = (5.0, 2.5)  # kilometres between two stops, and more for each minute, that no bus drives: 150 km/h, and some room


@dataclass(slots=True)
class Notes:
    """What was repaired or ignored, counted, so that a thousand routes give one sentence."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, sentence: str, place: str = "") -> None:
        """One more case of it; `{count}` in the sentence becomes how many there are, `{first}` the first place."""
        self.counts[sentence] += 1
        self.first.setdefault(sentence, place)

    def sentences(self) -> tuple[str, ...]:
        """One sentence each, in the order of their first case."""
        return tuple(
            sentence.replace("{count}", str(count)).replace("{first}", self.first[sentence])
            for sentence, count in self.counts.items()
        )


def read_route(content: object, path: str, findings: list[Finding], notes: Notes) -> Route | None:
    """A route, or None after noting in `findings` all that is wrong with it."""
    fields = Fields.of(content, path, findings)
    if fields is None:
        return None
    before = len(findings)
    _note_unknown(fields, ROUTE_FIELDS, "route", notes)
    route_id = fields.text("id", required=True)
    kind = cast(TripKind | None, fields.one_of("type", _KINDS, required=True))
    stops = _read_stops(fields, kind, notes)
    bell = _read_bell(fields, kind, notes)
    capacity = _read_capacity(fields, stops, notes)
    days = _read_days(fields, notes)
    low, high = (fields.whole(f"vehicle_capacity_{end}", 1, MOST_SEATS) for end in ("min", "max"))
    if low is not None and high is not None and low > high:
        fields.wrong("vehicle_capacity_min", f"is {low}, more than vehicle_capacity_max {high}; swap or correct them")
    features = frozenset(fields.texts("features"))
    texts = {name: fields.text(name) for name in _ROUTE_TEXTS}
    if len(findings) > before or route_id is None or kind is None or bell is None or capacity is None:
        return None
    return Route(
        id=route_id, name=texts.pop("name") or route_id, kind=kind, stops=tuple(stops), bell_min=bell,
        capacity_needed=capacity, days=days, vehicle_capacity_min=low, vehicle_capacity_max=high, features=features,
        **texts,
    )  # fmt: skip


def _note_unknown(fields: Fields, known: frozenset[str], what: str, notes: Notes) -> None:
    for name in fields.record:
        if name not in known:
            notes.add(f"the field {described(name)} of {{count}} {what}(s) is not known and was ignored")


def note_seconds(time: str, notes: Notes) -> None:
    """Note that a time of day has seconds, which `Fields.clock` leaves out."""
    if time.count(":") == 2 and not time.endswith(":00"):
        notes.add("the seconds of {count} time(s) were left out: plans are in whole minutes")


def _read_bell(fields: Fields, kind: str | None, notes: Notes) -> int | None:
    """Minutes after midnight of the one time that the kind of route has."""
    times = {"entry": "arrival_time", "exit": "departure_time"}
    read = {name: fields.clock(name) for name in times.values()}
    if kind is None:
        return None
    wanted = times[kind]
    other = times["exit" if kind == "entry" else "entry"]
    if fields.has(other):
        fields.wrong(
            other,
            f'must not be given: {wanted} is the time of a route of type "{kind}"; remove it or change the type',
        )
    if not fields.has(wanted):
        fields.wrong(wanted, f'is missing; a route of type "{kind}" needs it, like "08:05"')
    elif read[wanted] is not None:
        note_seconds(str(fields.record[wanted]), notes)
    return read[wanted]


def _read_capacity(fields: Fields, stops: list[Stop], notes: Notes) -> int | None:
    """Seats the route needs; the passengers of its stops when it doesn't say."""
    if fields.has("capacity_needed"):
        return fields.whole("capacity_needed", 1, MOST_SEATS)
    passengers = sum(stop.passengers for stop in stops)
    if passengers == 0:
        notes.add(
            "{count} route(s) have neither capacity_needed nor passengers: one seat was taken to be enough, so give "
            "them before you plan with vehicle_types"
        )
        return 1
    notes.add("{count} route(s) have no capacity_needed: the passengers of their stops were added up")
    return passengers


def _read_days(fields: Fields, notes: Notes) -> tuple[str, ...]:
    if not fields.has("days"):
        return ()
    days = fields.list_of("days")
    if days is None:
        return ()
    if not days:
        notes.add("{count} route(s) name no day in days: they were taken to run every day")
    for index, code in enumerate(days):
        if not isinstance(code, str) or code not in DAY_CODES:
            fields.wrong(f"days[{index}]", f"must be one of {_DAYS}, not {described(code)}")
    return tuple(code for code in days if isinstance(code, str))


def _read_stops(fields: Fields, kind: str | None, notes: Notes) -> list[Stop]:
    """The stops by their `order` fields; what relates one to another is checked if all of them can be read."""
    content = fields.list_of("stops")
    if content is None:
        return []
    if len(content) < 2:
        fields.wrong("stops", f"has {len(content)} stop(s); a route needs two at least, one of them the school")
    read = [_read_stop(fields, index, stop, notes) for index, stop in enumerate(content)]
    stops = [stop for stop in read if stop is not None]
    if len(stops) < len(content) or len(stops) < 2:
        return stops
    unnumbered = [index for index, stop in enumerate(content) if stop.get("order") is None]
    if 0 < len(unnumbered) < len(content):
        fields.wrong(f"stops[{unnumbered[0]}].order", "is missing, but other stops have it; number all of them or none")
        return stops
    places = _places_in_order(fields, stops, notes)
    stops = [stops[place] for place in places]
    _check_times(fields, stops, places, kind)
    _note_far(fields, stops, places, notes)
    return _with_school(fields, stops, kind, notes)


def _read_stop(route: Fields, index: int, content: object, notes: Notes) -> Stop | None:
    before = len(route.findings)
    fields = Fields.of(content, f"{route.path}.stops[{index}]", route.findings)
    if fields is None:
        return None
    if not fields.record.keys() <= STOP_FIELDS:
        _note_unknown(fields, STOP_FIELDS, "stop", notes)
    name = fields.text("name")
    place = fields.degrees()
    minutes = fields.whole("time_from_start", 0, _MOST_MINUTES, required=True)
    order = fields.whole("order", -(2**31), 2**31)
    passengers = fields.whole("passengers", 0, MOST_SEATS)
    is_school = fields.flag("is_school")
    if len(route.findings) > before or place is None or minutes is None:
        return None
    return Stop(name or "", *place, index + 1 if order is None else order, minutes, passengers or 0, bool(is_school))


def _places_in_order(fields: Fields, stops: list[Stop], notes: Notes) -> list[int]:
    """The places of the stops in the input, sorted by their `order`."""
    places = sorted(range(len(stops)), key=lambda place: stops[place].order)
    for before, place in pairwise(places):
        if stops[place].order == stops[before].order:
            message = f"is {stops[place].order} as in {fields.path}.stops[{before}]; number the stops 1, 2, 3"
            fields.wrong(f"stops[{place}].order", message)
    if places != list(range(len(stops))):
        notes.add("the stops of {count} route(s) were sorted by their order fields")
    return places


def _with_school(fields: Fields, stops: list[Stop], kind: str | None, notes: Notes) -> list[Stop]:
    """Check that the school is where the route ends or begins; take the last stop for it if none is marked."""
    if not any(stop.is_school for stop in stops):
        notes.add("{count} route(s) have no stop with is_school: their last stop was taken for the school")
        last = stops[-1]
        school = Stop(last.name, last.lat, last.lon, last.order, last.time_from_start, last.passengers, is_school=True)
        return [*stops[:-1], school]
    if kind == "entry" and not stops[-1].is_school:
        fields.wrong("stops", "must end at the school: mark the last stop with is_school, or reverse the list")
    if kind == "exit" and not stops[-1].is_school and not stops[0].is_school:
        fields.wrong("stops", "must have the school at one end: mark the first or the last stop with is_school")
    return stops


def _check_times(fields: Fields, stops: list[Stop], places: list[int], kind: str | None) -> None:
    """Times go up along the list; those of an exit route kept in entry order may go down."""
    times = [stop.time_from_start for stop in stops]
    if max(times) == 0:
        fields.wrong("stops", "all have time_from_start 0; the last one driven needs the minutes of the whole route")
    if kind == "exit" and all(later <= before for before, later in pairwise(times)):
        return
    for place, (before, later) in zip(places[1:], pairwise(times), strict=True):
        if later < before:
            message = f"is {later}, but {before} at the stop before; minutes go up along a route"
            fields.wrong(f"stops[{place}].time_from_start", message)


def _note_far(fields: Fields, stops: list[Stop], places: list[int], notes: Notes) -> None:
    """Places that can't be right, such as 0, 0 or a latitude in place of a longitude."""
    for place, (before, stop) in zip(places[1:], pairwise(stops), strict=True):
        most_km = _FAR[0] + _FAR[1] * abs(stop.time_from_start - before.time_from_start)
        if (abs(stop.lat - before.lat) + abs(stop.lon - before.lon)) * _KM_PER_DEGREE <= most_km:
            continue  # as nearly always, and quicker
        if _DISTANCE.kilometres((before.lat, before.lon), (stop.lat, stop.lon)) > most_km:
            notes.add(
                "{count} stop(s) are so far from the stop before that no bus drives it in their minutes, the first is "
                "{first}: look at lat and lon there and before",
                f"{fields.path}.stops[{place}] ({_called(stop, place)} of route {described(fields.record.get('id'))})",
            )


def _called(stop: Stop, place: int) -> str:
    """A stop as people know it, also where nobody sees the input any more."""
    return described(stop.name) if stop.name else f"stop {place + 1}"
