"""The documentation against the project: what it names is there."""

import re
from pathlib import Path

import pytest
import typer

from tests.cli.conftest import run
from tutti.cli.commands import app
from tutti.cli.exits import MEANINGS

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    page for page in ROOT.rglob("*.md") if not any(part.startswith(".") for part in page.relative_to(ROOT).parts)
)
DECISIONS = sorted((ROOT / "docs/decisions").glob("0*.md"))
PYTHON = ROOT / "docs/how-to/plan-in-python.md"
COMMAND_LINE = (ROOT / "docs/reference/command-line.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not missing


def anchors(page: Path) -> set[str]:
    """What GitHub calls the headings of a page in links to them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_heading_within_the_project_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]*\.md|)#([^)\s]+)\)", page.read_text())
    within = [(page.parent / target if target else page, heading) for target, heading in links if "://" not in target]
    assert not [(target.name, heading) for target, heading in within if heading not in anchors(target)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_commands_is_indented_from_its_first_line_on(page: Path) -> None:
    fenced = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert not re.findall(r"\n\n(?!\d+\.)(\w.*)\n    ", fenced)


def test_each_decision_begins_with_its_number_and_no_other_has_it() -> None:
    numbers = [page.name[:4] for page in DECISIONS]
    assert len(set(numbers)) == len(numbers)
    assert not [page.name for page in DECISIONS if not page.read_text().startswith(f"# {page.name[:4]}: ")]


def test_each_decision_up_to_the_newest_in_the_index_is_there_by_its_title() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text()
    listed = re.findall(r"^- \[(\d{4})\]\((.*)\) (.*?)(?: \*\(see [\d, ]+\)\*)?$", index, flags=re.MULTILINE)
    newest = max(listed)[1]
    titles = {page.name: page.read_text().partition("\n")[0] for page in DECISIONS if page.name <= newest}
    assert {name: f"# {number}: {title}" for number, name, title in listed} == titles


@pytest.mark.parametrize("page", sorted((ROOT / "docs/runbooks").glob("*.md")), ids=lambda page: page.stem)
def test_what_a_runbook_looks_for_in_the_log_is_what_the_code_says(page: Path) -> None:
    source = "".join(module.read_text() for module in (ROOT / "src").rglob("*.py"))
    for command in re.findall(r"^    kubectl -n tutti logs .* \| grep .*", page.read_text(), flags=re.MULTILINE):
        options, _, looked_for = command.partition(" | grep ")
        assert looked_for.strip('"') in source
        assert " -l " not in options or "--tail=-1" in options, "kubectl shows ten lines of each pod otherwise"


def test_the_command_line_reference_names_every_command_and_option() -> None:
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        assert f"## tutti {name}" in COMMAND_LINE
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("-") or f"`{option}" in COMMAND_LINE, f"{option} of {name}"


def test_the_command_line_reference_names_every_exit_code() -> None:
    for code, meaning in MEANINGS.items():
        assert f"| {code.value} | {meaning} |" in COMMAND_LINE


def test_what_pages_show_of_the_example_day_is_what_is_printed(tmp_path: Path) -> None:
    day, plan = ROOT / "examples/day.json", tmp_path / "plan.json"
    commands: list[list[str | Path]] = [["solve", day, "-o", plan], ["solve", day, "--week"], ["explain", day, plan]]
    printed = {" ".join(line.split()) for command in commands for line in run(*command).out.splitlines()}
    shown = [
        " ".join(line.split())
        for page in PAGES
        for block in re.findall(r"(?:^    .*\n)+", page.read_text(), flags=re.MULTILINE)
        if re.match(r" +(buses  39|✓ 39|The week, above|Why 39|What would free one)", block)
        for line in block.splitlines()
    ]
    assert len(shown) >= 20
    assert set(shown) - {"..."} <= printed


def test_what_the_page_about_python_shows_runs_and_prints_what_it_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    code = "".join(re.findall(r"^```python\n(.*?)^```", PYTHON.read_text(), flags=re.MULTILINE | re.DOTALL))
    exec(compile(code, PYTHON, "exec"), {"__name__": "example"})
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"^ *print\(.*  # ([^;\n]+)", code, flags=re.MULTILINE)
    assert len(promised) == 3
    assert set(promised) <= set(printed)
