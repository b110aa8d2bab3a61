"""What a request gives to plan or to check: routes as JSON or as a table of stops, and options beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query

from tutti.api.bodies import Body
from tutti.api.errors import TooLargeError
from tutti.fleet.day import Day
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.fields import Fields
from tutti.fleet.options import with_options
from tutti.fleet.reading import parse_json, read_day
from tutti.fleet.stop_table import StopTable, parse_stop_table
from tutti.settings import Settings

OptionsText = Annotated[
    str | None,
    Query(
        description="Options as a JSON object, for a table or beside those of a JSON body; of one in both this counts.",
        examples=['{"time_limit_s": 30}'],
    ),
]


@dataclass(frozen=True, slots=True)
class Given:
    """content: routes, options and an earlier plan as a JSON body has them; table: the one that the routes were in."""

    content: Any
    table: StopTable | None

    def day(self) -> Day:
        """The day. InputError with every finding; those of a table name rows and columns."""
        return read_day(self.content) if self.table is None else self.table.day(self.content)


def read_given(body: Body, options: str | None, settings: Settings) -> Given:
    """What is in a body, with these options as JSON text. InputError if it can't be read, TooLargeError."""
    size = len(body.data)
    table = parse_stop_table(body.data, size) if body.is_table else None
    content = parse_json(body.data, size) if table is None else {"routes": table.routes}
    _check_route_count(content, settings)
    chosen = {} if options is None else _chosen(options)
    return Given(with_options(content, chosen) if chosen else content, table)


def _check_route_count(content: object, settings: Settings) -> None:
    """TooLargeError if there are more routes than the limit; said before any of them is looked at."""
    routes = content.get("routes") if isinstance(content, dict) else content
    if isinstance(routes, list) and len(routes) > settings.max_routes:
        raise TooLargeError(f"{len(routes)} routes are more than the limit of {settings.max_routes} a job")


def _chosen(options: str) -> Mapping[str, Any]:
    """The options in a query; what is wrong with one of them is found with those of the body."""
    content = parse_json(options.encode(), len(options.encode()), name="query.options")
    findings: list[Finding] = []
    read = Fields.of(content, "query.options", findings)
    if read is None:
        raise InputError(findings)
    return read.record
