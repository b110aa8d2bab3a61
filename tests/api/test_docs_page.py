"""The page at `/docs`: it works on a network that leads nowhere else."""

import re
from collections.abc import Iterator
from typing import Any

from tests.api.conftest import Client


def test_the_documentation_page_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/docs").text
    assert "://" not in page
    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert {asset.rpartition(".")[2] for asset in assets} == {"js", "css", "png"}
    assert [client.get(asset).status_code for asset in assets] == [200] * len(assets)


def references(part: Any) -> Iterator[str]:
    """Each place of the document that another part refers to."""
    if isinstance(part, list):
        for one in part:
            yield from references(one)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from references(value)


def test_every_reference_of_the_document_leads_to_a_schema_and_every_schema_is_referred_to(client: Client) -> None:
    document = client.get("/openapi.json").json()
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) == schemas


def test_every_refusal_is_documented_in_the_form_that_it_has(client: Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    forms = {
        (path.startswith("/v1/"), status == "422", kind, content["schema"]["$ref"].rpartition("/")[2])
        for path, operations in paths.items()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        for kind, content in answer.get("content", {}).items()
        if int(status) >= 400
    }
    assert forms == {
        *((True, is_422, "application/problem+json", "Problem") for is_422 in (True, False)),
        (False, False, "application/json", "Refusal"),
        (False, True, "application/json", "InputRefusal"),
    }


def test_programs_that_are_made_of_the_document_get_short_names(client: Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]
    assert {"jobs_submit", "jobs_events", "plans_plan", "health_status", "kept_job_result"} <= set(names)
    assert len(set(names)) == len(names)
    assert not [name for name in names if not re.fullmatch(r"(jobs|plans|health|kept)_[a-z_]{3,20}", name)]


def test_an_answer_that_is_to_be_asked_for_again_is_documented_with_the_time(client: Client) -> None:
    jobs = client.get("/openapi.json").json()["paths"]["/v1/jobs"]["post"]["responses"]
    assert [status for status, answer in jobs.items() if "Retry-After" in answer.get("headers", {})] == ["429", "503"]
    assert "Location" in jobs["202"]["headers"]
