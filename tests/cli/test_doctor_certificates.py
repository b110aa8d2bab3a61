"""What `tutti doctor` says of a server whose certificate is not trusted."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.cli.conftest import Call
from tests.cli.test_doctor import advice
from tests.tls import behind_tls, certificate, needs_openssl
from tutti.cli.doctor.check import Verdict
from tutti.cli.doctor.server import advice_on

BY_THE_CA = "see that the file with the CA that "


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of the loopback and its key."""
    return certificate(tmp_path_factory.mktemp("tls"))


@needs_openssl
@pytest.mark.server
@pytest.mark.parametrize("ca", ["", "&ssl_ca_certs=/none"])
def test_a_broker_that_is_not_trusted_is_told_by_its_ca(
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    redis_url: str,
    signed: tuple[Path, Path],
    ca: str,
) -> None:
    monkeypatch.setenv("TUTTI_DATA_DIR", str(tmp_path))
    with behind_tls(int(make_url(redis_url).port or 0), *signed) as port:
        monkeypatch.setenv("TUTTI_BROKER_URL", f"rediss://127.0.0.1:{port}/0?ssl_cert_reqs=required{ca}")
        (told,) = advice(call, Verdict.WRONG)
    assert told.startswith(f"{BY_THE_CA}TUTTI_BROKER_URL")


@pytest.mark.parametrize(
    ("told", "begins"),
    [
        ("SSL error: certificate verify failed", BY_THE_CA),
        ('server certificate for "db" does not match host name "127.0.0.1"', BY_THE_CA),
        ('root certificate file "/none" does not exist', BY_THE_CA),
        ("Connection refused", "see that it runs"),
    ],
)
def test_what_postgresql_says_of_certificates_is_about_the_ca(told: str, begins: str) -> None:
    assert advice_on(told, "TUTTI_DATABASE").startswith(begins)
