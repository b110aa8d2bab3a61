import json

import pytest

from tests.cli.conftest import Call, run


def test_a_made_up_day_can_be_planned() -> None:
    made = run("generate", "20", "--seed", "2")
    assert (made.code, made.err) == (0, "")
    assert len(json.loads(made.out)["routes"]) == 20
    assert run("solve", "-", stdin=made.out).code == 0


def test_the_same_day_is_made_as_a_table() -> None:
    table = run("generate", "20", "--table")
    assert (table.code, table.err) == (0, "")
    plans = [json.loads(run("solve", "-", "--json", stdin=made.out).out) for made in (table, run("generate", "20"))]
    assert plans[0]["blocks"] == plans[1]["blocks"]


@pytest.mark.parametrize("option", ["--types", "--wide"])
def test_no_table_is_made_of_what_is_in_options(option: str, call: Call) -> None:
    message = "--table: has no options, which --types and --wide are; leave them or it out"
    assert call("generate", "20", "--table", option) == (2, "", f"tutti: {message}\n")


def test_the_same_seed_makes_the_same_bytes_and_another_seed_does_not(call: Call) -> None:
    first, again, other = (call("generate", "5", "--seed", seed).out for seed in ("2", "2", "3"))
    assert first == again
    assert first != other


def test_options_make_other_days(call: Call) -> None:
    plain = call("generate", "40").out
    for option in ("--types", "--wide", "--staggered"):
        assert call("generate", "40", option).out != plain
