"""`tutti status` against a running service."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.servers import free_port
from tests.services import tutti_serve
from tutti.cli.status import _age


def test_a_service_without_trouble_is_shown_on_one_screen(server: str, call: Call) -> None:
    ended = call("status", "--server", server)
    assert (ended.code, ended.err) == (0, "")
    assert "nothing needs attention" in ended.out
    assert "embedded" in ended.out
    assert len(ended.out.splitlines()) < 24


@pytest.mark.parametrize(
    ("seconds", "said"), [(119, "119 s"), (120, "2 min"), (7199, "120 min"), (7200, "2 h"), (2e5, "2 d")]
)
def test_ages_are_said_in_the_largest_unit_of_which_there_are_two(seconds: float, said: str) -> None:
    assert _age(seconds) == said


def test_the_status_as_json_is_one_document(server: str, call: Call) -> None:
    ended = call("status", "--json", "--server", server)
    assert json.loads(ended.out)["services"]["database"] == "ok"


def test_the_exit_code_says_that_something_needs_attention(call: Call, tmp_path: Path) -> None:
    with tutti_serve(tmp_path, TUTTI_BROKER_URL=f"redis://127.0.0.1:{free_port()}/0") as address:
        shown, as_json = call("status", "--server", address), call("status", "--json", "--server", address)
    assert "\n! the broker can't be reached: " in shown.out
    assert shown.code == as_json.code == 1


def test_a_password_in_the_address_is_not_shown(server: str, call: Call) -> None:
    ended = call("status", "--server", server.replace("//", "//me:secret@"))
    assert ended.code == 0
    assert f" at {server}, " in ended.out


def test_a_service_that_can_not_be_reached_has_no_status(call: Call) -> None:
    ended = call("status", "--server", f"http://127.0.0.1:{free_port()}")
    assert (ended.code, ended.out) == (4, "")
    assert "can't be reached" in ended.err
