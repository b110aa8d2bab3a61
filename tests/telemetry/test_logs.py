"""What a process logs, as it stands on its stderr."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

from tutti.telemetry.logs import FIELDS

PAGE = Path(__file__).parents[2] / "docs/how-to/read-the-logs.md"
SET_UP = "import logging; from tutti.telemetry.logs import set_up_logs; say = set_up_logs('{form}', '{level}'); "


def logged(code: str, *, form: str = "auto", level: str = "info") -> str:
    """The stderr of a process that sets up its logs and runs the code; it is no terminal."""
    command = [sys.executable, "-c", SET_UP.format(form=form, level=level) + code]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, timeout=60).stderr


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_what_is_no_terminal_gets_a_json_object_a_line() -> None:
    code = "logging.getLogger('tutti.jobs').info('job %s', 'queued', extra={'job_id': 'j1'})"
    (line,) = lines(logged(code))
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "job queued", "level": "info", "logger": "tutti.jobs", "job_id": "j1"}


def test_a_terminal_gets_text() -> None:
    ours, theirs = pty.openpty()
    code = (
        SET_UP.format(form="auto", level="info") + "logging.getLogger('tutti').info('hello', extra={'queue': 'small'})"
    )
    with subprocess.Popen([sys.executable, "-c", code], stderr=theirs) as process:
        process.wait(60)
    os.close(theirs)
    shown = os.read(ours, 4096).decode()
    os.close(ours)
    assert "hello" in shown
    assert "small" in shown
    assert "{" not in shown


def test_lines_below_the_level_are_left_out() -> None:
    code = "own = logging.getLogger('tutti.x'); own.info('less'); own.warning('more')"
    assert [line["event"] for line in lines(logged(code, level="warning"))] == ["more"]


def test_what_a_library_says_below_a_warning_is_left_out_at_any_level() -> None:
    code = "celery = logging.getLogger('celery.app.trace'); celery.info('%s', 'an answer'); celery.warning('careful')"
    assert [line["event"] for line in lines(logged(code, level="debug"))] == ["careful"]
    assert logged(code, level="error") == ""


def test_a_warning_of_python_is_a_line() -> None:
    (line,) = lines(logged("import warnings; warnings.warn('this is old')"))
    assert line["level"] == "warning"
    assert "this is old" in line["event"]


def test_what_a_library_adds_to_a_line_is_left_out() -> None:
    assert "the day" not in logged(
        "logging.getLogger('celery').error('it failed', extra={'data': {'args': 'the day'}})"
    )


def test_a_traceback_is_in_the_line_without_what_variables_hold() -> None:
    code = "exec('''def plan(day):\\n    return 1 / 0\\ntry: plan(\"the day\")\\nexcept ZeroDivisionError: "
    code += 'logging.getLogger("tutti").exception("it failed")\'\'\')'
    for form in ("json", "text"):
        said = logged(code, form=form)
        assert "ZeroDivisionError: division by zero" in said
        assert "the day" not in said
    assert len(lines(logged(code))) == 1


def test_an_error_that_ends_the_process_is_a_line() -> None:
    (line,) = lines(logged("raise ValueError('odd')"))
    assert line["level"] == "critical"
    assert "ValueError: odd" in line["exception"]


def test_an_error_that_ends_a_thread_is_a_line() -> None:
    code = "import threading; one = threading.Thread(target=lambda: [][0], name='sweeper'); one.start(); one.join()"
    (line,) = lines(logged(code))
    assert "sweeper" in line["event"]
    assert "IndexError" in line["exception"]


def test_a_sentence_for_who_started_the_process_is_a_line_only_among_json() -> None:
    assert logged("say('ready')", form="text", level="error") == "ready\n"
    assert lines(logged("say('ready')"))[0]["event"] == "ready"


def test_the_page_about_logs_explains_every_field() -> None:
    page = PAGE.read_text()
    assert [name for name, meaning in FIELDS.items() if f"| `{name}` | {meaning} |" not in page] == []
