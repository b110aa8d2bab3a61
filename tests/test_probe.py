"""`tutti probe` as Kubernetes runs it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tutti.execution.pulse import Pulse
from tutti.fleet.errors import InputError


def probe(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [Path(sys.executable).parent / "tutti", "probe", *arguments],
        env={**os.environ, "TUTTI_PROBE_DIR": str(folder), **environment},
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )


def age(file: Path, seconds: float) -> None:
    os.utime(file, (time.time() - seconds,) * 2)


def test_a_worker_that_gave_a_sign_of_life_lives(tmp_path: Path) -> None:
    Pulse(tmp_path).alive()
    assert probe(tmp_path, "live").returncode == 0


def test_an_old_sign_of_life_is_none(tmp_path: Path) -> None:
    Pulse(tmp_path).alive()
    age(tmp_path / "live", 40)
    found = probe(tmp_path, "live")
    assert found.returncode == 1
    assert "no sign of life for 40 s" in found.stderr
    assert probe(tmp_path, "live", TUTTI_PROBE_AGE_S="60").returncode == 0


def test_a_worker_is_ready_only_while_it_says_so(tmp_path: Path) -> None:
    pulse = Pulse(tmp_path)
    assert probe(tmp_path, "ready").returncode == 1
    pulse.ready()
    assert probe(tmp_path, "ready").returncode == 0
    pulse.not_ready()
    assert probe(tmp_path, "ready").returncode == 1


def test_a_worker_that_starts_anew_is_not_ready_yet(tmp_path: Path) -> None:
    Pulse(tmp_path).ready()
    Pulse(tmp_path)
    assert probe(tmp_path, "ready").returncode == 1


@pytest.mark.parametrize("arguments", [(), ("both",), ("live", "ready")])
def test_a_probe_for_something_else_is_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert probe(tmp_path, *arguments).returncode == 2


def test_an_age_that_is_no_number_is_refused(tmp_path: Path) -> None:
    assert "TUTTI_PROBE_AGE_S" in probe(tmp_path, "live", TUTTI_PROBE_AGE_S="soon").stderr


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="TUTTI_PROBE_DIR"):
        Pulse(tmp_path / "file")


def test_a_probe_imports_nothing_but_the_standard_library() -> None:
    code = "import atexit, sys; from tutti.__main__ import main; atexit.register(lambda: print(*sys.modules)); main()"
    command = [sys.executable, "-c", code, "probe", "live"]
    loaded = set(subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True).stdout.split())
    assert {name for name in loaded if name.startswith("tutti")} == {"tutti", "tutti.__main__", "tutti.probe"}
    assert not {"typer", "pydantic", "pathlib", "tempfile"} & loaded
