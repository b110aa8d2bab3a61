"""The lock files against each other and against what the project asks for."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def locked(name: str) -> dict[str, str]:
    """The version of each package in a lock file."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", (ROOT / name).read_text(), re.MULTILINE))


def test_the_image_gets_everything_that_the_program_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(one for extra in extras for one in extra)]
    names = {re.split(r"[^\w-]", one)[0] for one in asked}
    assert names <= locked("requirements.lock").keys(), "run make lock UPGRADE="


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-build.lock"])
def test_the_image_has_the_versions_that_the_tests_ran_with(name: str) -> None:
    assert locked(name).items() <= locked("requirements-dev.lock").items(), "run make lock UPGRADE="


@pytest.mark.parametrize("lock", sorted(ROOT.glob("*.lock")), ids=lambda lock: lock.name)
def test_no_lock_names_a_host(lock: Path) -> None:
    assert "://" not in lock.read_text()
