"""The commands that call a service which has users."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.services import serve_to
from tutti.cli.exits import Exit

PASSWORD = "a-password-of-anna"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with one user."""
    with serve_to(tmp_path_factory.mktemp("data"), anna=PASSWORD) as address:
        yield address


@pytest.fixture(autouse=True)
def named(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service, named by the environment."""
    monkeypatch.setenv("TUTTI_SERVER", server)


def test_the_password_is_taken_from_the_environment(
    day_file: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTTI_TOKEN", PASSWORD)
    ended = call("submit", day_file, "--watch")
    assert ended.code == 0
    assert PASSWORD not in ended.out + ended.err
    assert call("status").code == 0


@pytest.mark.parametrize("token", ["", "a-wrong-password"])
def test_who_is_no_user_is_told_what_to_set(
    day_file: Path, call: Call, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("TUTTI_TOKEN", token)
    ended = call("submit", day_file)
    assert ended.code == Exit.SERVER
    assert ended.err == (
        "tutti: the name and password of a user are needed (Basic), or the password alone (Bearer);"
        " set TUTTI_TOKEN to the password, or TUTTI_SERVER to http://NAME:PASSWORD@HOST\n"
    )


def test_a_password_that_can_not_be_sent_is_bad_input(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_TOKEN", "früh am Morgen")
    ended = call("status")
    assert ended.code == Exit.BAD_INPUT
    assert ended.err.startswith("tutti: token: can't be sent by itself")
