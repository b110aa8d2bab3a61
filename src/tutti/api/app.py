"""The application: both surfaces, health, and the executor that lives as long as it does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi_offline import FastAPIOffline

from tutti.api import answering, health, kept, kept_socket, metrics, page, problems
from tutti.api.access import Guarded, keep_current
from tutti.api.context import Context
from tutti.api.cut_off import CutOff
from tutti.api.following import watch
from tutti.api.head import add_head
from tutti.api.v1 import documentation, events, jobs, plans, status, validate

_DESCRIPTION = """\
Plans a day of school-bus routes with the fewest buses, then the least deadhead, and proves how close to optimal the
plan is. Units: times of a plan are minutes after midnight, durations are minutes unless a name ends in `_s` (seconds).
Errors of `/v1` are problem details (RFC 9457). The endpoints without `/v1` are kept for clients of the prior system.
"""


def create_app(context: Context) -> FastAPI:
    """The application on this context, whose job store has the tables that it needs."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        context.start()
        async with anyio.create_task_group() as group:
            group.start_soon(watch, context)
            if context.users is not None:
                group.start_soon(keep_current, context.users)
            yield
            group.cancel_scope.cancel()
        await run_in_threadpool(context.close)

    app = FastAPIOffline(  # whose page at /docs loads nothing from elsewhere: districts have closed networks
        title="Tutti",
        version=version("tutti"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        redoc_url=None,
        static_url="/docs/assets",
        swagger_ui_parameters={"validatorUrl": None},
        generate_unique_id_function=documentation.operation_id,
    )
    app.state.context = context
    if context.users is not None:
        app.add_middleware(Guarded, users=context.users)
    app.add_middleware(CutOff)
    app.add_middleware(answering.Noted)  # outside, so that what is refused is noted, too
    routers = (jobs, events, plans, validate, status, kept, kept_socket, health, metrics, page)
    for module in routers:
        app.include_router(module.router)
    routes = [route for module in routers for route in module.router.routes]
    add_head(app, [*app.routes, *routes])
    problems.install(app, [*app.routes, *routes])
    documentation.complete(app, guarded=context.users is not None)
    return app
