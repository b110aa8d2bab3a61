from pathlib import Path

import pytest
from pydantic import SecretStr

from tutti.fleet.errors import InputError
from tutti.settings import Settings, read_settings, settings_reference

REFERENCE = Path(__file__).parent.parent / "docs" / "reference" / "settings.md"


def test_the_reference_names_every_setting_as_the_code_has_it() -> None:
    assert settings_reference() in REFERENCE.read_text(), "put the output of settings_reference() into the page"


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_SLOTS", "7")
    assert Settings().slots == 7


@pytest.mark.parametrize("value", ["0", "soon", "inf", "nan"])
def test_a_setting_that_makes_no_sense_is_refused_by_the_name_of_its_variable(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTTI_LEASE_S", value)
    with pytest.raises(InputError, match="TUTTI_LEASE_S"):
        read_settings()


@pytest.mark.parametrize("url", ["redis", "amqp://host", "redis:///0", "redis://host:port/0", "redis://host/tutti"])
def test_a_broker_that_is_no_redis_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_BROKER_URL", url)
    with pytest.raises(InputError, match="TUTTI_BROKER_URL: is no address of a Redis; write it as redis://HOST"):
        read_settings()


def test_sentinels_are_refused_by_saying_what_to_name_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_BROKER_URL", "sentinel://a:26379;sentinel://b:26379")
    with pytest.raises(InputError, match=r"TUTTI_BROKER_URL: names Sentinels, .* name an address that leads to"):
        read_settings()


@pytest.mark.parametrize("url", ["nonsense", "postgres://host/tutti", "postgresql://host/tutti", "mysql://host/tutti"])
def test_a_job_store_that_there_is_no_driver_for_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_DATABASE_URL", url)
    with pytest.raises(InputError, match=r"TUTTI_DATABASE_URL: names none of .*; write it as postgresql\+psycopg2"):
        read_settings()


@pytest.mark.parametrize(
    "where", ["postgresql+psycopg2://host:port/tutti", "postgresql+psycopg2://[::1/tutti", "sqlite://a/b"]
)
def test_a_job_store_whose_address_can_not_be_read_is_refused(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_DATABASE_URL", where)
    with pytest.raises(InputError, match="TUTTI_DATABASE_URL: is no address of a job store; write it as postgresql"):
        read_settings()


@pytest.mark.parametrize(
    "url", ["redis://host", "redis://host:6379/", "rediss://u:p@host:6379/15?ssl_cert_reqs=required"]
)
def test_a_broker_may_leave_out_port_and_number(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTTI_BROKER_URL", url)
    assert read_settings().redis_url == url


@pytest.mark.parametrize("user", ["", "tutti@", "tutti:old@"])
def test_a_password_given_by_itself_gets_the_escapes_that_a_url_needs(user: str) -> None:
    settings = Settings(broker_url=f"redis://{user}redis:6379/0", broker_password=SecretStr("a/b@c:d?e#f%g"))
    name = user.rstrip("@").partition(":")[0]
    assert settings.redis_url == f"redis://{name}:a%2Fb%40c%3Ad%3Fe%23f%25g@redis:6379/0"


def test_a_password_that_is_part_of_the_url_stays() -> None:
    url = "postgresql+psycopg2://tutti:a%2Fb@db/tutti?sslmode=require"
    assert Settings(database_url=url).store_url == url


def test_without_a_database_url_the_store_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).store_url == f"sqlite:///{tmp_path}/tutti.db"
