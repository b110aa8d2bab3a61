"""What a page of another site can do by the browser of someone who reaches this one: nothing."""

import pytest

from tests.api.conftest import Client
from tests.days import day

SIMPLE_TYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]
"""What a page of another site may send without asking this one first (the Fetch standard)."""


@pytest.mark.parametrize("media_type", [*SIMPLE_TYPES, None])
def test_a_page_elsewhere_can_not_submit_without_asking(client: Client, media_type: str | None) -> None:
    headers = {"Origin": "https://elsewhere.example"} | ({} if media_type is None else {"Content-Type": media_type})
    request = client.build_request("POST", "/v1/jobs", json=day(2))
    del request.headers["content-type"]
    request.headers.update(headers)
    assert client.send(request).status_code == 415
    assert client.get("/v1/jobs").json()["jobs"] == []


@pytest.mark.parametrize("place", ["/v1/jobs", "/v1/jobs/none"])
def test_a_page_elsewhere_that_asks_is_not_allowed(client: Client, place: str) -> None:
    headers = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = client.options(place, headers=headers)
    assert not answer.is_success
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_program_that_says_no_type_still_sends_json(client: Client) -> None:
    request = client.build_request("POST", "/v1/jobs", json=day(2))
    del request.headers["content-type"]
    assert client.send(request).status_code == 202
