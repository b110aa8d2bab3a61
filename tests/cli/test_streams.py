"""Standard input and output that are full, closed, or left by their reader."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import TUTTI, Call, Ended, run
from tests.cli.test_solve import PLAN_FIELDS

full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")


@full_disk
def test_a_file_that_can_not_be_written_keeps_nothing_else_from_being_written(
    day_file: Path, tmp_path: Path, call: Call
) -> None:
    ended = call("solve", day_file, "-o", "/dev/full", "--csv", tmp_path / "plan.csv")
    assert (ended.code, ended.err) == (2, "tutti: /dev/full: can't be written: No space left on device\n")
    assert "proven: no plan has fewer" in ended.out
    assert f"written: {tmp_path / 'plan.csv'}" in ended.out
    assert (tmp_path / "plan.csv").read_text().count("\n") == 13


@full_disk
@pytest.mark.parametrize(
    "command", [["solve", "day.json"], ["solve", "day.json", "--json"], ["generate", "1"], ["--version"], ["--help"]]
)
def test_an_output_that_can_not_be_written_is_a_sentence(day_file: Path, command: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*TUTTI, *command], stdout=full, stderr=subprocess.PIPE, cwd=day_file.parent, timeout=60, check=False
        )
    said = b"tutti: standard output can't be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, said)


def closed(descriptor: int, *arguments: str | Path) -> Ended:
    """A command that is started without one of the standard streams."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {descriptor}>&-', "sh", *TUTTI, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_a_standard_stream_that_is_closed_is_an_empty_one(day_file: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert closed(1, "solve", day_file, "--json", "-o", plan) == Ended(0, "", "")
    assert json.loads(plan.read_text()).keys() == PLAN_FIELDS
    assert closed(2, "solve", tmp_path / "none.json") == Ended(2, "", "")
    ended = closed(0, "solve", "-")
    assert (ended.code, ended.out) == (2, "")
    assert "standard input: is not JSON" in ended.err


@pytest.mark.parametrize("columns", ["0", "1", "20", "many"])
def test_a_report_is_shown_whatever_the_width(day_file: Path, columns: str) -> None:
    ended = run("solve", day_file, environment={**os.environ, "COLUMNS": columns})
    assert (ended.code, ended.err) == (0, "")
    assert "provennoplanhasfewer" in re.sub(r"[\W]", "", ended.out)


def test_a_reader_that_goes_away_ends_the_program_without_a_word(day_file: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*TUTTI, "solve", str(day_file)], stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False
    )
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == -13  # SIGPIPE, which a shell calls 141
