"""Tables of stops over HTTP: they become the jobs that JSON makes, and are refused in rows and columns."""

import gzip
import json
from typing import Any

import pytest
from httpx import Response

from tests.api.conftest import Client, Start
from tests.days import day
from tests.fleet.routes import entry, leaving, stop
from tutti.fleet.stop_columns import stop_table
from tutti.settings import Settings

CSV = {"Content-Type": "text/csv"}
WAIT = {"Prefer": "wait=60"}
TABLE = stop_table(day(8))
SURFACES = pytest.mark.parametrize("path", ["/v1/jobs", "/v1/validate"])


def post(
    client: Client, table: str | bytes, path: str = "/v1/jobs", options: object = None, **headers: str
) -> Response:
    params = {} if options is None else {"options": json.dumps(options)}
    return client.post(path, content=table, params=params, headers={**CSV, **headers})


def submitted(client: Client, answer: Response) -> Any:
    """The day of the job that was accepted."""
    assert answer.status_code == 202, answer.text
    return client.get(f"{answer.headers['location']}/day").json()


def test_a_table_is_planned_as_the_same_routes_in_json_are(client: Client) -> None:
    from_table = post(client, TABLE, Prefer="wait=60").json()
    from_json = client.post("/v1/jobs", json=day(8), headers=WAIT).json()
    assert from_table["status"] == "completed"
    assert from_table["plan"]["blocks"] == from_json["plan"]["blocks"]


@pytest.mark.parametrize("media_type", ["text/csv; charset=windows-1252; header=present", "TEXT/CSV"])
def test_what_the_type_says_of_the_encoding_is_left_aside_for_what_the_table_is_in(
    client: Client, media_type: str
) -> None:
    table = TABLE.replace("R0001", "Peña").encode("utf-16")
    day = submitted(client, post(client, table, **{"Content-Type": media_type}))
    assert day["routes"][0]["id"] == "Peña"


def test_a_packed_table_is_read(client: Client) -> None:
    assert post(client, gzip.compress(TABLE.encode()), **{"Content-Encoding": "gzip"}).status_code == 202


def test_options_of_a_table_stand_in_the_query(client: Client) -> None:
    options = {"seed": 4, "windows": {"entry": [-10, 0]}}
    assert submitted(client, post(client, TABLE, options=options))["options"] == options


def test_options_in_the_query_win_over_those_of_a_json_body_one_by_one(client: Client) -> None:
    content = {"routes": day(2), "options": {"seed": 4, "gap": 0.5}}
    answer = client.post("/v1/jobs", json=content, params={"options": '{"seed": 7}'})
    assert submitted(client, answer)["options"] == {"seed": 7, "gap": 0.5}


@SURFACES
@pytest.mark.parametrize(
    ("options", "finding"),
    [
        ('{"seed"', "query.options: is not JSON"),
        ("[]", "query.options: must be an object with fields in braces, not a list"),
        ('{"sed": 4}', 'options.sed: "sed" is not an option; did you mean "seed"?'),
    ],
)
def test_options_that_can_not_be_used_are_bad_input(client: Client, path: str, options: str, finding: str) -> None:
    answer = client.post(path, content=TABLE, headers=CSV, params={"options": options}).json()
    (found,) = answer["findings" if "findings" in answer else "errors"]
    assert f"{found['path']}: {found['message']}".startswith(finding)


def test_the_same_key_gives_the_same_job_for_a_table_and_the_json_that_it_becomes(client: Client) -> None:
    key = {"Idempotency-Key": "k1"}
    first = post(client, TABLE, **key)
    content = submitted(client, first)
    assert post(client, TABLE, **key).json()["id"] == first.json()["id"]
    assert client.post("/v1/jobs", json=content, headers=key).json()["id"] == first.json()["id"]
    assert post(client, TABLE, options={"seed": 1}, **key).status_code == 422


def broken() -> str:
    lines = TABLE.splitlines()
    lat = lines[0].split(",").index("lat")
    for row in (3, 5):
        cells = lines[row - 1].split(",")
        cells[lat] = "north"
        lines[row - 1] = ",".join(cells)
    return "\n".join(lines)


@SURFACES
def test_every_finding_names_its_row_and_column(client: Client, path: str) -> None:
    answer = post(client, broken(), path)
    assert answer.status_code == (200 if path == "/v1/validate" else 422)
    found = answer.json()["findings" if path == "/v1/validate" else "errors"]
    assert [one["path"] for one in found] == ["row 3, column lat", "row 5, column lat"]
    assert found[0]["message"] == 'must be a number from -90 to 90, not "north"'


@SURFACES
@pytest.mark.parametrize(
    ("table", "detail"),
    [
        (b"", "the input is empty"),
        (b"PK\x03\x04", "is a workbook; save its sheet of stops as CSV (UTF-8)"),
        (b'{"routes": []}', "row 1: names no column that is known"),
        (b"Pe\x81a", "byte 2 can't be read"),
    ],
)
def test_what_is_no_table_is_a_422_with_a_sentence(client: Client, path: str, table: bytes, detail: str) -> None:
    answer = post(client, table, path)
    assert answer.status_code == 422
    assert detail in answer.json()["detail"]


@SURFACES
def test_what_was_ignored_is_told_at_once(client: Client, path: str) -> None:
    assert post(client, TABLE.replace("contract_id", "Contract no."), path).json()["warnings"] == [
        'columns that are not known were ignored: "Contract no."'
    ]


def test_warnings_of_stops_name_their_rows(client: Client) -> None:
    table = stop_table([entry(stops=[stop(1), stop(2, lat=0), stop(3)]), leaving()])
    (warning,) = post(client, table).json()["warnings"]
    assert 'the first is row 3 ("Station" of route "E1"): look at lat and lon there' in warning


@pytest.mark.parametrize(
    ("limit", "body", "detail"),
    [
        ({"max_routes": 7}, TABLE.encode(), "8 routes are more than the limit of 7 a job"),
        ({"max_body_mib": 1}, b"x" * (2**20 + 1), "the body is larger than 1 MiB; send fewer routes"),
    ],
)
def test_a_table_above_a_limit_is_a_413(
    start: Start, settings: Settings, limit: dict[str, int], body: bytes, detail: str
) -> None:
    answer = post(start(settings.model_copy(update=limit)), body)
    assert (answer.status_code, answer.json()["detail"].startswith(detail)) == (413, True)


def test_a_table_that_would_be_stored_as_more_json_than_a_body_may_have_is_a_413(
    start: Start, settings: Settings
) -> None:
    """A row of 8 bytes is an object of 38."""
    head = "id,type,arrival_time,capacity_needed,lat,lon,time_from_start\nA,entry,8:00,9,1,1,0\n"
    table = head + ",,,,1,1,1\n" * 60_000
    answer = post(start(settings.model_copy(update={"max_body_mib": 1})), table)
    assert answer.status_code == 413
    assert "as JSON the table is larger than 1 MiB" in answer.json()["detail"]


def test_the_kept_surface_reads_no_tables(client: Client) -> None:
    answer = post(client, TABLE, "/optimize-async")
    assert answer.status_code == 415
    assert answer.json()["detail"].endswith("send application/json")


def test_the_documentation_has_a_table_that_works(client: Client) -> None:
    body = client.get("/openapi.json").json()["paths"]["/v1/jobs"]["post"]["requestBody"]
    assert post(client, body["content"]["text/csv"]["example"], Prefer="wait=60").json()["status"] == "completed"
