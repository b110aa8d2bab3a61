"""The page at `/` as a browser has it after its script ran, on a real service and under its real policy."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.api.conftest import Client, Start
from tests.days import day
from tests.fleet.pages import Element, Page
from tutti.settings import Settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


def shown(client: Client, folder: Path, fragment: str = "", language: str = "en") -> dict[str, Element]:
    """The elements of the page by their ids, in a browser of that language."""
    assert CHROMIUM is not None
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={folder / language}",
        f"--accept-lang={language}",
    ]
    until = "--virtual-time-budget=5000"  # it stands still while an answer is awaited
    done = subprocess.run(
        [CHROMIUM, *options, until, "--dump-dom", f"{client.base_url}/{fragment}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    elements = Page(done.stdout).elements
    return {element.attributes["id"] or "": element for element in elements if "id" in element.attributes}


def visible(elements: dict[str, Element]) -> set[str]:
    parts = ("start", "wrong", "columns", "job", "running", "plans", "trouble")
    return {name for name in parts if "hidden" not in elements[name].attributes}


def test_the_page_begins_with_a_form(client: Client, tmp_path: Path) -> None:
    assert visible(shown(client, tmp_path)) == {"start", "columns"}


def test_the_address_of_a_job_that_has_ended_shows_what_came_of_it(client: Client, tmp_path: Path) -> None:
    job_id = client.post("/v1/jobs", json=day(8), headers={"Prefer": "wait=60"}).json()["id"]
    page = shown(client, tmp_path, f"#{job_id}")
    buses = client.get(f"/v1/jobs/{job_id}").json()["progress"]["buses"]
    assert visible(page) == {"job", "plans"}
    assert page["job-title"].text == f"{buses} buses"
    assert page["detail"].text == "Proven: no plan is better."
    assert page["timeline"].attributes["href"] == f"v1/jobs/{job_id}/plan"


def test_a_plan_that_holds_its_proof_says_so(client: Client, tmp_path: Path) -> None:
    content = {"routes": day(8), "options": {"proof": True}}
    job_id = client.post("/v1/jobs", json=content, headers={"Prefer": "wait=60"}).json()["id"]
    assert shown(client, tmp_path, f"#{job_id}")["detail"].text == (
        "Proven: no plan is better. Saved as JSON the plan holds its proof, which tutti check works out again."
    )
    assert "holds its proof" in client.get(f"/v1/jobs/{job_id}/plan", headers={"Accept": "text/html"}).text


def test_a_job_without_a_plan_says_why(client: Client, tmp_path: Path) -> None:
    options = {"windows": {"entry": [0, 0]}, "earliest_start": "23:00"}
    job = client.post("/v1/jobs", json={"routes": day(2), "options": options}, headers={"Prefer": "wait=60"}).json()
    page = shown(client, tmp_path, f"#{job['id']}")
    assert visible(page) == {"job"}
    assert page["job-title"].text == f"Failed: {job['error']['message']}"


def test_the_address_of_no_job_says_so_beside_the_form(client: Client, tmp_path: Path) -> None:
    page = shown(client, tmp_path, "#none")
    assert visible(page) == {"start", "columns", "trouble"}
    assert page["trouble"].text.startswith("there is no job 'none'")


@pytest.mark.parametrize(("language", "query"), [("en-US", None), ("de-DE", "?separator=semicolon")])
def test_a_table_is_saved_with_the_separator_of_the_browsers_country(
    client: Client, tmp_path: Path, language: str, query: str | None
) -> None:
    page = shown(client, tmp_path, language=language)
    assert page["table"].attributes.get("data-query") == query
    assert page["stops"].attributes.get("data-query") == ("?rows=stops" + (query or "").replace("?", "&"))


def test_the_address_of_the_page_may_have_a_name_and_password(start: Start, settings: Settings, tmp_path: Path) -> None:
    """Of which browsers make no requests."""
    users = tmp_path / "users"
    users.mkdir()
    (users / "anna").write_text("a-password-of-anna")
    client = start(settings.model_copy(update={"users_dir": str(users)}))
    client.base_url = client.base_url.copy_with(username="anna", password="a-password-of-anna")
    job_id = client.post("/v1/jobs", json=day(8), headers={"Prefer": "wait=60"}).json()["id"]
    assert visible(shown(client, tmp_path, f"#{job_id}")) == {"job", "plans"}
