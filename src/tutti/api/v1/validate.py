"""`/v1/validate`: routes, or routes with a plan, checked without solving anything."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool

from tutti.api.bodies import Body, read_json_or_table
from tutti.api.context import Context, context_of
from tutti.api.examples import CHECK
from tutti.api.given import OptionsText, read_given
from tutti.api.v1.documentation import problems
from tutti.api.v1.schemas import FindingView, ValidationView
from tutti.fleet.day import Day
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.rules import Violation
from tutti.fleet.statements import check_document
from tutti.fleet.week import hindrances
from tutti.settings import Settings

router = APIRouter(prefix="/v1", tags=["plans"])


@router.post("/validate", responses=problems(408, 413, 415, 422), openapi_extra={"requestBody": CHECK})
async def validate(
    context: Annotated[Context, Depends(context_of)],
    body: Annotated[Body, Depends(read_json_or_table)],
    options: OptionsText = None,
) -> ValidationView:
    """Every problem of `routes` and `options`, and of a `plan` for them, each with its place and a sentence.

    A body that is no JSON, or no table of stops, is a 422; whatever else is wrong is in the answer. Routes that no bus
    can run are wrong, or a warning where the option `may_drop` allows to drop them.
    """
    return await run_in_threadpool(_findings, body, options, context.settings)


def _findings(body: Body, options: str | None, settings: Settings) -> ValidationView:
    given = read_given(body, options, settings)
    plan = given.content.pop("plan", None) if isinstance(given.content, dict) else None
    try:
        day = given.day()
        findings: list[Finding] = []
        warnings = [*day.warnings]
        if day.options.may_drop:
            warnings += hindrances(day)
        else:
            findings += [Finding("routes", sentence) for sentence in hindrances(day)]
        if plan is not None:
            findings += _about_plan(day, plan)
    except InputError as error:
        return _view(error.findings, ())
    return _view(findings, warnings)


def _about_plan(day: Day, plan: object) -> list[Finding]:
    wrong: Sequence[Finding | Violation]
    try:
        wrong = check_document(day, plan)
    except InputError as error:
        wrong = error.findings
    return [Finding(f"plan.{one.path}".rstrip("."), one.message) for one in wrong]


def _view(findings: Sequence[Finding], warnings: Sequence[str]) -> ValidationView:
    views = [FindingView(path=finding.path, message=finding.message) for finding in findings]
    return ValidationView(valid=not views, findings=views, warnings=list(warnings))
