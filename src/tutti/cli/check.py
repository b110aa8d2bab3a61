"""`tutti check`: whether a plan keeps every rule, told apart from who made it."""

from rich.console import Console
from rich.text import Text

from tutti.cli.choices import Choices
from tutti.cli.complaints import print_some
from tutti.cli.exits import Exit
from tutti.cli.inputs import input_from, plan_from, refuse_standard_input_twice
from tutti.fleet.rules import RULES
from tutti.fleet.statements import STATEMENT_RULES
from tutti.fleet.verdict import buses


def check_files(routes: str, plan: str, choices: Choices) -> Exit:
    """Print what is wrong with the plan, or that nothing is. Raises InputError if a file can't be used."""
    refuse_standard_input_twice({"ROUTES": routes, "PLAN": plan, **choices.files})
    day = input_from(routes, choices).day()
    found, violations = plan_from(plan, day)
    console = Console(soft_wrap=True, highlight=False)
    if violations:
        console.print(Text(f"{len(violations)} statements of the plan break a rule:", style="bold red"))
        print_some(console, [f"{violation} [{violation.rule.replace('_', ' ')}]" for violation in violations])
        return Exit.FAILED
    objective = found.objective
    console.print(
        f"All {len(RULES) + len(STATEMENT_RULES)} rules are kept: {len(day.running)} routes, {buses(objective.buses)}, "
        f"{objective.deadhead_min} deadhead minutes, {objective.shift_min} minutes of shift."
    )
    return Exit.DONE
