"""The page at `/`: a planner with a file and a browser needs nothing else. One document, with its style and script."""

from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined

from tutti.fleet.timeline.page import allowing, colours

router = APIRouter()

_FOLDER = files(__package__)
_SHEET, _SCRIPT = (_FOLDER.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
_STYLE = colours() + _SHEET
_PAGE = (
    Environment(autoescape=True, undefined=StrictUndefined)
    .from_string(_FOLDER.joinpath("page.html.jinja").read_text(encoding="utf-8"))
    .render(style=_STYLE, script=_SCRIPT)
)
_POLICY = (
    f"default-src 'none'; style-src {allowing(_STYLE)}; script-src {allowing(_SCRIPT)}; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@router.get("/", include_in_schema=False)
async def page() -> HTMLResponse:
    """The page, the same for everyone: which job it shows is in the fragment of its address, for its script."""
    return HTMLResponse(_PAGE, headers=_HEADERS)
