"""HEAD for whatever answers GET, as RFC 9110 asks of every server: FastAPI does so for none of its routes."""

from collections.abc import Iterable

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute


def add_head(app: FastAPI, routes: Iterable[BaseRoute]) -> None:
    """Have the application answer HEAD on these routes."""
    for route in routes:
        if isinstance(route, APIRoute) and route.methods == {"GET"}:
            app.add_api_route(
                route.path,
                route.endpoint,
                methods=["HEAD"],
                response_model=route.response_model,
                response_class=route.response_class,
                include_in_schema=False,
            )
