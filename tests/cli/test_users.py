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


def test_beside_the_service_who_can_read_its_passwords_is_the_first_user(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "..data").write_text("of Kubernetes, and no user")
    (tmp_path / "anna").write_text(f"{PASSWORD}\n")
    (tmp_path / "bert").write_text("a-password-of-bert")
    monkeypatch.setenv("TUTTI_USERS_DIR", str(tmp_path))
    assert call("status").code == 0
    monkeypatch.setenv("TUTTI_TOKEN", "a-wrong-password")
    assert call("status").code == Exit.SERVER


def test_another_machine_is_not_sent_the_passwords_that_lie_here(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: str
) -> None:
    (tmp_path / "anna").write_text(PASSWORD)
    monkeypatch.setenv("TUTTI_USERS_DIR", str(tmp_path))
    monkeypatch.setenv("TUTTI_SERVER", server.replace("127.0.0.1", "127.1"))  # by a name that says nothing of where
    ended = call("status")
    assert ended.code == Exit.SERVER
    assert "set TUTTI_TOKEN" in ended.err


@pytest.mark.parametrize("folder", ["", "missing", "empty"])
def test_a_folder_without_users_makes_nobody_one(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("TUTTI_USERS_DIR", folder and str(tmp_path / folder))
    ended = call("status")
    assert ended.code == Exit.SERVER
    assert "set TUTTI_TOKEN" in ended.err


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
