"""The page at `/`: one document that loads nothing, speaks to this service only, and calls what is there."""

import base64
import hashlib
import re
from importlib.resources import files

from tests.api.conftest import Client
from tutti.api.v1.schemas import ErrorView, JobView, ProgressView
from tutti.jobs.events import Kind
from tutti.jobs.states import State

FOLDER = files("tutti.api.page")
SCRIPT = FOLDER.joinpath("page.js").read_text(encoding="utf-8")


def hashes(page: str, tag: str) -> set[str]:
    """What a policy would have to allow for the inline code of a page."""
    found = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    return {f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'" for code in found}


def test_the_page_is_allowed_its_own_code_and_this_service_and_nothing_else(client: Client) -> None:
    answer = client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    rules = dict(rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";"))
    allowed = {name: set(sources.split()) for name, sources in rules.items()}
    assert allowed == {
        "default-src": {"'none'"},
        "style-src": hashes(answer.text, "style"),
        "script-src": hashes(answer.text, "script"),
        "connect-src": {"'self'"},
        "img-src": {"data:"},
        "base-uri": {"'none'"},
        "form-action": {"'none'"},
        "frame-ancestors": {"'none'"},
    }
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_page_loads_nothing_and_has_no_address_that_is_not_relative(client: Client) -> None:
    page = client.get("/").text
    assert "://" not in page
    assert "src=" not in page
    assert "@import" not in page
    assert set(re.findall(r'href="([^"]*)"', page)) == {"data:,", "#"}
    assert not re.findall(r'(?:fetch|ask|EventSource)\(["`]/', page)


def test_what_the_script_calls_is_in_the_api(client: Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert set(re.findall(r"`(v1/[^`?]*)", SCRIPT)) == {"v1/jobs", "v1/jobs/${encodeURIComponent(id)}${part}"}
    assert "post" in paths["/v1/jobs"]
    parts = set(re.findall(r'place\([\w.]+, ["`]([^"`?]*)', SCRIPT))
    assert parts == {"/plan", "/events"}
    assert all("get" in paths[f"/v1/jobs/{{job_id}}{part}"] for part in parts | {""})
    ((name, value),) = re.findall(r'"\?(\w+)=(\w+)"', SCRIPT)
    choices = {
        each["name"]: each["schema"].get("enum") for each in paths["/v1/jobs/{job_id}/plan"]["get"]["parameters"]
    }
    assert value in choices[name]
    told = re.findall(r'tell\("([^"]*)", "([A-Z]+)"\)', SCRIPT)
    assert len(told) == 2
    assert all(method.lower() in paths[f"/v1/jobs/{{job_id}}{part}"] for part, method in told)
    types = re.findall(r'data-type="([^"]+)"', client.get("/").text)
    assert set(types) < set(paths["/v1/jobs/{job_id}/plan"]["get"]["responses"]["200"]["content"])


def test_what_the_script_reads_is_what_the_api_tells() -> None:
    assert set(re.findall(r"\bprogress\.(\w+)", SCRIPT)) <= set(ProgressView.model_fields)
    assert set(re.findall(r"\berror\.(\w+)", SCRIPT)) <= set(ErrorView.model_fields)
    for names in re.findall(r"function (?:ending|showGoing)\(\{ ([^}]*) \}\)", SCRIPT):
        assert set(names.split(", ")) <= set(JobView.model_fields)
    ended = next(iter(re.findall(r"ENDED = \[([^\]]*)\]", SCRIPT)))
    assert set(re.findall(r'"(\w+)"', ended)) == {state.value for state in State if state.ended}
    kinds = re.findall(r"for \(const kind of \[([^\]]*)\]", SCRIPT)[0] + "".join(
        re.findall(r'addEventListener\(("started"|"queued")', SCRIPT)
    )
    assert set(re.findall(r'"(\w+)"', kinds)) < set(Kind)


def test_what_the_script_looks_for_on_the_page_is_there() -> None:
    page = FOLDER.joinpath("page.html.jinja").read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'\bat\("([^"]+)"\)', SCRIPT)) <= set(ids)
    for name in ("for", "aria-labelledby", "aria-describedby"):
        assert set(re.findall(rf'\b{name}="([^"]+)"', page)) <= set(ids)


def test_what_changes_by_itself_is_read_out_and_the_heading_is_still_one() -> None:
    page = FOLDER.joinpath("page.html.jinja").read_text(encoding="utf-8")
    assert '<h2 id="job-title" tabindex="-1" aria-live="polite">' in page
    assert '<p id="trouble" role="alert" hidden>' in page


def test_what_is_said_of_a_stop_is_not_overwritten_by_a_step_of_the_solver() -> None:
    assert "phase" not in SCRIPT
