import json

from tests.cli.conftest import Call, run


def test_a_made_up_day_can_be_planned() -> None:
    made = run("generate", "20", "--seed", "2")
    assert (made.code, made.err) == (0, "")
    assert len(json.loads(made.out)["routes"]) == 20
    assert run("solve", "-", stdin=made.out).code == 0


def test_the_same_seed_makes_the_same_bytes_and_another_seed_does_not(call: Call) -> None:
    first, again, other = (call("generate", "5", "--seed", seed).out for seed in ("2", "2", "3"))
    assert first == again
    assert first != other


def test_options_make_other_days(call: Call) -> None:
    plain = call("generate", "40").out
    for option in ("--types", "--wide", "--staggered"):
        assert call("generate", "40", option).out != plain
