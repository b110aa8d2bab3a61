"""compose.yaml, read as data: who can reach what, and that it names what the program has."""

from pathlib import Path
from typing import Any

import yaml

from tutti.settings import Settings

COMPOSE: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_nothing_can_be_reached_from_other_machines() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_password_is_in_the_file() -> None:
    values = {name: value for service in SERVICES.values() for name, value in service["environment"].items()}
    passwords = [value for name, value in values.items() if name.endswith(("PASSWORD", "AUTH"))]
    assert passwords
    assert all(value.startswith("${") and ":?" in value for value in passwords)


def test_every_variable_of_the_program_is_a_setting() -> None:
    names = {name for service in SERVICES.values() for name in service["environment"] if name.startswith("TUTTI_")}
    assert names <= {f"TUTTI_{name.upper()}" for name in Settings.model_fields}


def test_whatever_runs_on_says_whether_it_is_healthy() -> None:
    assert [name for name, service in SERVICES.items() if "healthcheck" not in service] == ["migrations"]
