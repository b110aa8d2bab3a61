"""The documentation against the project: what it names is there."""

import re
from pathlib import Path

import pytest
import typer

from tutti.cli.commands import app
from tutti.cli.exits import MEANINGS

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    page for page in ROOT.rglob("*.md") if not any(part.startswith(".") for part in page.relative_to(ROOT).parts)
)
COMMAND_LINE = (ROOT / "docs/reference/command-line.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not missing


def test_the_command_line_reference_names_every_command_and_option() -> None:
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        assert f"## tutti {name}" in COMMAND_LINE
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("-") or f"`{option}" in COMMAND_LINE, f"{option} of {name}"


def test_the_command_line_reference_names_every_exit_code() -> None:
    for code, meaning in MEANINGS.items():
        assert f"| {code.value} | {meaning} |" in COMMAND_LINE
