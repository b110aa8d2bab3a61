"""`tutti doctor`: what is wrong with how a service is set up, and what to change."""

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from sqlalchemy import create_engine, make_url

from tests.cli.conftest import Call
from tests.servers import free_port
from tutti.cli.doctor.check import Check, Verdict, skew
from tutti.cli.doctor.job_store import room_on_disk
from tutti.cli.doctor.settings import examine_settings, examine_times
from tutti.settings import Settings


@pytest.fixture(autouse=True)
def data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of the test's own."""
    monkeypatch.setenv("TUTTI_DATA_DIR", str(tmp_path))
    return tmp_path


_CHANGED = ("maxmemory", "maxmemory-policy", "min-replicas-to-write")


@pytest.fixture
def broker(redis_url: str) -> Iterator["redis.Redis"]:
    """The broker, as it was afterwards."""
    with redis.Redis.from_url(redis_url) as client:
        before = {name: client.config_get(name)[name] for name in _CHANGED}
        yield client
        for name, value in before.items():
            client.config_set(name, value)


def advice(call: Call, verdict: Verdict) -> list[str]:
    """What is to be changed, of those checks with this verdict."""
    return [check["advice"] for check in json.loads(call("doctor", "--json").out) if check["verdict"] == verdict]


def found(checks: Iterator[Check], verdict: Verdict) -> list[str]:
    return [check.advice for check in checks if check.verdict is verdict]


def test_a_service_of_one_machine_is_well_by_its_defaults(call: Call) -> None:
    ended = call("doctor")
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "all is well"


def test_a_name_that_is_no_setting_is_told_with_the_one_that_was_meant() -> None:
    checks = examine_settings(Settings(), {"TUTTI_LEESE_S": "9", "TUTTI_SERVER": "http://here", "TUTTI_TOKEN": "x"})
    assert found(checks, Verdict.CARE) == ["did you mean TUTTI_LEASE_S?"]


def test_a_password_with_a_line_break_at_its_end_is_told_without_the_password() -> None:
    (told,) = [check for check in examine_settings(Settings(broker_password="secret\n"), {}) if check.advice]  # type: ignore[arg-type]
    assert told.verdict is Verdict.CARE
    assert "TUTTI_BROKER_PASSWORD" in told.text
    assert "secret" not in told.text


def test_a_setting_that_makes_no_sense_is_wrong(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_LEASE_S", "soon")
    ended = call("doctor")
    assert ended.code == 1
    assert "TUTTI_LEASE_S" in ended.out


@pytest.mark.parametrize(
    ("changed", "setting"),
    [
        ({"lease_s": 1.5}, "TUTTI_LEASE_S"),
        ({"soft_limit_s": 3600}, "TUTTI_HARD_LIMIT_S"),
        ({"checkpoint_s": 3540}, "TUTTI_CHECKPOINT_S"),
        ({"probe_age_s": 1}, "TUTTI_PROBE_AGE_S"),
    ],
)
def test_times_that_do_not_fit_together_are_wrong(changed: dict[str, float], setting: str) -> None:
    (told,) = found(examine_times(Settings.model_validate(changed)), Verdict.WRONG)
    assert setting in told


def test_a_clock_that_is_far_off_is_told() -> None:
    moment = datetime.now(UTC)
    assert skew("broker", moment).verdict is Verdict.FINE
    assert "ahead of" in skew("broker", moment + timedelta(seconds=30)).text
    assert skew("broker", moment - timedelta(seconds=30)).verdict is Verdict.CARE


@pytest.mark.parametrize(("free_mib", "verdict"), [(0.5, "wrong"), (1, "care"), (255, "care"), (256, "fine")])
def test_little_room_on_the_disk_of_the_job_store_is_told(free_mib: float, verdict: str) -> None:
    assert room_on_disk(int(free_mib * 2**20)).verdict == verdict


def test_a_job_store_without_tables_is_wrong(call: Call, data_dir: Path) -> None:
    with closing(sqlite3.connect(data_dir / "tutti.db")) as store:
        store.execute("CREATE TABLE something (x)")
    assert advice(call, Verdict.WRONG) == ["run: tutti db upgrade"]


def test_a_folder_that_can_not_be_made_is_wrong(call: Call, monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    (data_dir / "file").touch()
    monkeypatch.setenv("TUTTI_DATA_DIR", str(data_dir / "file" / "deeper"))
    assert advice(call, Verdict.WRONG) == ["mend that, or name another folder in TUTTI_DATA_DIR"]


@pytest.mark.parametrize("name", ["", "tutti.db"])
def test_a_place_that_may_only_be_read_is_wrong(
    call: Call, monkeypatch: pytest.MonkeyPatch, data_dir: Path, name: str
) -> None:
    call("db", "upgrade")
    assert call("doctor").code == 0
    place, allowed = data_dir / name, os.access

    def access(path: Path, mode: int) -> bool:
        return allowed(path, mode) and not (path == place and mode & os.W_OK)

    monkeypatch.setattr(os, "access", access)  # file modes don't stop the root user, as whom tests may run
    assert advice(call, Verdict.WRONG) == ["mend that, or name another folder in TUTTI_DATA_DIR"]


def test_a_file_that_is_no_job_store_is_told_with_its_place(call: Call, data_dir: Path) -> None:
    (data_dir / "tutti.db").write_text("text and no database")
    (told,) = advice(call, Verdict.WRONG)
    assert str(data_dir / "tutti.db") in told
    ended = call("db", "current")
    assert (ended.code, ended.err) == (2, "tutti: TUTTI_DATABASE_URL: can't be used: file is not a database\n")


@pytest.mark.parametrize(
    "url", ["nonsense", f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none"], ids=["nonsense", "nobody"]
)
def test_a_job_store_that_can_not_be_used_is_wrong(call: Call, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TUTTI_DATABASE_URL", url)
    assert len(advice(call, Verdict.WRONG)) == 1


@pytest.mark.server
def test_a_store_that_is_up_to_date_is_well(call: Call, monkeypatch: pytest.MonkeyPatch, store_url: str) -> None:
    monkeypatch.setenv("TUTTI_DATABASE_URL", store_url)
    call("db", "upgrade")
    ended = call("doctor")
    assert ended.code == 0
    assert re.search(r"(SQLite|PostgreSQL) \d+\.\d+.* answers\n", ended.out)


def test_a_broker_that_is_away_is_wrong(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_BROKER_URL", f"redis://127.0.0.1:{free_port()}/0")
    (told,) = advice(call, Verdict.WRONG)
    assert "TUTTI_BROKER_URL" in told


@pytest.mark.server
def test_a_broker_that_answers_and_takes_nothing_is_wrong(
    call: Call, monkeypatch: pytest.MonkeyPatch, broker: "redis.Redis", redis_url: str
) -> None:
    monkeypatch.setenv("TUTTI_BROKER_URL", redis_url)
    broker.config_set("min-replicas-to-write", 1)
    assert "it takes no messages: NOREPLICAS" in call("doctor").out
    broker.config_set("min-replicas-to-write", 0)
    assert advice(call, Verdict.WRONG) == []


@pytest.mark.server
def test_a_broker_that_may_drop_messages_is_wrong(
    call: Call, monkeypatch: pytest.MonkeyPatch, broker: "redis.Redis", redis_url: str
) -> None:
    monkeypatch.setenv("TUTTI_BROKER_URL", redis_url)
    assert "set appendonly yes" in advice(call, Verdict.CARE)
    assert advice(call, Verdict.WRONG) == []
    broker.config_set("maxmemory-policy", "allkeys-lru")
    assert advice(call, Verdict.WRONG) == ["set maxmemory-policy noeviction"]


@pytest.mark.server
def test_a_broker_that_is_nearly_full_is_told(
    call: Call, monkeypatch: pytest.MonkeyPatch, broker: "redis.Redis", redis_url: str
) -> None:
    monkeypatch.setenv("TUTTI_BROKER_URL", redis_url)
    broker.set(key := uuid4().hex, "x" * 2**20)
    broker.config_set("maxmemory", int(int(broker.info("memory")["used_memory"]) * 1.05))
    assert "raise maxmemory, or see what else is kept there" in advice(call, Verdict.CARE)
    broker.config_set("maxmemory", 1)
    assert "raise maxmemory, or see what else is kept there" in advice(call, Verdict.WRONG)
    broker.config_set("maxmemory", 0)
    broker.delete(key)


@pytest.mark.server
def test_a_job_store_that_has_no_connection_left_is_told_how_to_have_more(
    call: Call, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    role = f"limited_{uuid4().hex}"
    engine = create_engine(postgres_url)
    with engine.begin() as server:
        server.exec_driver_sql(f"CREATE ROLE {role} LOGIN PASSWORD 'x' CONNECTION LIMIT 0")
    limited = make_url(postgres_url).set(username=role, password="x").render_as_string(hide_password=False)
    monkeypatch.setenv("TUTTI_DATABASE_URL", limited)
    (told,) = advice(call, Verdict.WRONG)
    assert told == "raise max_connections, or lower TUTTI_DATABASE_POOL_OVERFLOW (a process may open 15)"
    with engine.begin() as server:
        server.exec_driver_sql(f"DROP ROLE {role}")
    engine.dispose()


def test_no_password_is_shown(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_DATABASE_URL", f"postgresql+psycopg2://tutti@127.0.0.1:{free_port()}/none")
    monkeypatch.setenv("TUTTI_DATABASE_PASSWORD", "hidden-word")
    ended = call("doctor")
    assert ended.code == 1
    assert "hidden-word" not in ended.out + ended.err


def test_users_are_told_and_so_is_each_who_stays_out(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("users")
    monkeypatch.setenv("TUTTI_USERS_DIR", str(folder))
    assert advice(call, Verdict.WRONG) == ["put a file there for each, with the password in it"]
    (folder / "anna").write_text("a-password-of-anna")
    (folder / "ben").touch()
    ended = call("doctor")
    assert ended.code == 1
    assert "anna may use the API" in ended.out
    assert f"{folder / 'ben'}: has no password of 15 to 1024 characters" in ended.out
    assert "a-password" not in ended.out
