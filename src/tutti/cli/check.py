"""`tutti check`: whether a plan keeps every rule, told apart from who made it."""

from rich.console import Console
from rich.text import Text

from tutti.cli.choices import Choices
from tutti.cli.complaints import print_some
from tutti.cli.exits import Exit
from tutti.cli.inputs import input_from, plan_from, proof_from, refuse_standard_input_twice
from tutti.cli.report import show_claims
from tutti.fleet.day import Day
from tutti.fleet.document import certificate_document
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.plan import Certificate, Plan, Status
from tutti.fleet.proof import Proof
from tutti.fleet.proven import proven_bound
from tutti.fleet.rules import RULES
from tutti.fleet.statements import STATEMENT_RULES
from tutti.fleet.verdict import buses


def check_files(routes: str, plan: str, choices: Choices, *, proof: str | None = None) -> Exit:
    """Print what is wrong with the plan, or that nothing is. Raises InputError if a file can't be used.

    proof: the file of what proves that no plan is better.
    """
    proofs = {} if proof is None else {"--proof": proof}
    refuse_standard_input_twice({"ROUTES": routes, "PLAN": plan, **proofs, **choices.files})
    day = input_from(routes, choices).day()
    shown = None if proof is None else proof_from(proof)
    if shown is not None and day.options.week:
        raise InputError(
            [Finding("--proof", "is of one day; check the plan of that day by itself, with the option day")]
        )
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
    return Exit.DONE if shown is None else _show_proven(console, day, found, shown)


def _show_proven(console: Console, day: Day, plan: Plan, proof: Proof) -> Exit:
    """What is proven about the plan by prices alone. Wrong if the plan is better than they say that any can be."""
    if plan.dropped:
        console.print("Nothing is proven again: the plan drops routes, and the proof is about plans that run all.")
        return Exit.FAILED
    bound = proven_bound(day.problem(), proof)
    console.print("Worked out again from the prices of the proof, without the optimizer:")
    certificate = Certificate(Status.FEASIBLE, plan.objective, bound, seconds=0.0)
    show_claims(console, certificate_document(certificate, day.options.cost_name))
    return Exit.DONE
