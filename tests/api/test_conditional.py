"""Plans and days that a client has already."""

import pytest

from tests.api.conftest import Client
from tests.api.test_v1 import LONG, WAIT, submit


@pytest.mark.parametrize(("part", "accept"), [("plan", "application/json"), ("plan", "text/csv"), ("day", "*/*")])
def test_a_plan_or_a_day_that_the_client_has_is_not_sent_again(client: Client, part: str, accept: str) -> None:
    path = f"/v1/jobs/{submit(client, headers=WAIT).json()['id']}/{part}"
    got = client.get(path, headers={"Accept": accept})
    for tags in (got.headers["ETag"], f'"other", {got.headers["ETag"].removeprefix("W/")}', "*"):
        again = client.get(path, headers={"Accept": accept, "If-None-Match": tags})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "vary", "cache-control"):
            assert again.headers.get(name) == got.headers.get(name)
    other = client.get(path, headers={"Accept": accept, "If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, got.content)


def test_a_plan_is_another_thing_in_another_form_and_of_another_job(client: Client) -> None:
    ids = [submit(client, headers=WAIT).json()["id"] for _ in range(2)]
    known = {"If-None-Match": client.get(f"/v1/jobs/{ids[0]}/plan").headers["ETag"]}
    assert client.get(f"/v1/jobs/{ids[1]}/plan", headers=known).status_code == 200
    assert client.get(f"/v1/jobs/{ids[0]}/plan", headers={**known, "Accept": "text/csv"}).status_code == 200
    assert client.get(f"/v1/jobs/{ids[0]}/plan", headers=known).status_code == 304
    table = {"Accept": "text/csv"}
    table["If-None-Match"] = client.get(f"/v1/jobs/{ids[0]}/plan", headers=table).headers["ETag"]
    for other in ({"separator": "semicolon"}, {"rows": "stops"}):
        assert client.get(f"/v1/jobs/{ids[0]}/plan", headers=table, params=other).status_code == 200
    assert client.get(f"/v1/jobs/{ids[0]}/plan", headers=table).status_code == 304


def test_what_is_not_there_is_known_to_nobody(client: Client) -> None:
    client.post("/v1/jobs", json=LONG)
    job_id = submit(client).json()["id"]  # it waits for the long one
    known = client.get(f"/v1/jobs/{job_id}/day").headers["ETag"].replace("day", "application/json")
    for tags in (known, "*"):
        assert client.get(f"/v1/jobs/{job_id}/plan", headers={"If-None-Match": tags}).status_code == 409
    for part in ("plan", "day"):
        for tags in (known.replace(job_id, "none").replace("application/json", "day"), "*"):
            assert client.get(f"/v1/jobs/none/{part}", headers={"If-None-Match": tags}).status_code == 404
