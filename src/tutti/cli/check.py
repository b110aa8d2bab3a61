"""`tutti check`: whether a plan keeps every rule, told apart from who made it."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from tutti.cli.choices import Choices
from tutti.cli.complaints import print_some
from tutti.cli.exits import Exit
from tutti.cli.inputs import input_from, plan_from, refuse_standard_input_twice
from tutti.cli.report import show_claims
from tutti.fleet.day import Day
from tutti.fleet.document import certificate_document
from tutti.fleet.plan import Bound, Certificate, Plan, Status
from tutti.fleet.route import day_names
from tutti.fleet.rules import RULES, deadheads_are_as_claimed
from tutti.fleet.statements import STATEMENT_RULES
from tutti.fleet.verdict import buses


def check_files(routes: str, plan: str, choices: Choices) -> Exit:
    """Print what is wrong with the plan, or that nothing is, and what the proof that it holds proves.

    Raises InputError if a file can't be used.
    """
    refuse_standard_input_twice({"ROUTES": routes, "PLAN": plan, **choices.files})
    day = input_from(routes, choices).day()
    given = plan_from(plan, day)
    console = Console(soft_wrap=True, highlight=False)
    if given.violations:
        console.print(Text(_broken(len(given.violations)), style="bold red"))
        print_some(console, [f"{violation} [{violation.rule.replace('_', ' ')}]" for violation in given.violations])
        if any(violation.rule == deadheads_are_as_claimed.__name__ for violation in given.violations):
            console.print("A plan that was made with --options or --road-times is checked with the same.")
        return Exit.FAILED
    objective = given.plan.objective
    console.print(
        f"All {len(RULES) + len(STATEMENT_RULES)} rules are kept: {len(day.running)} routes, {buses(objective.buses)}, "
        f"{objective.deadhead_min} deadhead minutes, {objective.shift_min} minutes of shift."
    )
    for codes, bound, of in given.proven_again(day):
        _show_proven(console, day, codes, bound, of)
    return Exit.DONE


def _broken(count: int) -> str:
    return "1 statement of the plan breaks a rule:" if count == 1 else f"{count} statements of the plan break a rule:"


def _show_proven(console: Console, day: Day, codes: Sequence[str], bound: Bound | None, plan: Plan) -> None:
    """What is proven about the plan by prices alone. codes: of its days in a week. bound: None if it drops routes."""
    days = f"{day_names(codes)}: " if codes else ""
    if bound is None:
        console.print(f"{days}The proof says nothing of this plan, which drops routes: it is about plans that run all.")
        return
    console.print(f"{days}Worked out again from the prices of the proof, without the optimizer:")
    certificate = Certificate(Status.FEASIBLE, plan.objective, bound, seconds=0.0)
    show_claims(console, certificate_document(certificate, day.options.cost_name))
