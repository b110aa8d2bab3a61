"""What must be true of every job after every fault."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from tests.chaos.history import TERMINAL, History


def lost(accepted: Mapping[str, str], histories: list[History]) -> list[str]:
    """Accepted jobs that are gone, or never end."""
    ended = {history.job_id for history in histories if history.state in TERMINAL}
    return [f"{job_id} was accepted and has not ended" for job_id in accepted.values() if job_id not in ended]


def doubled(accepted: Mapping[str, str], histories: list[History], changed_plans: list[str]) -> list[str]:
    """Jobs that nobody was told of, that ended twice, or whose plan changed after it was shown."""
    told = set(accepted.values())
    found = [
        f"{one.job_id} was made by a submission that made another job, too"
        for one in histories
        if one.job_id not in told
    ]
    found += [f"{job_id} has another plan than it first showed" for job_id in changed_plans]
    for history in histories:
        ends = [one.kind for one in history.happenings if one.kind in TERMINAL]
        if len(ends) > 1:
            found.append(f"{history.job_id} ended {len(ends)} times: {', '.join(ends)}")
    return found


def inconsistent(histories: list[History]) -> list[str]:
    """Jobs whose state, result, claims and events contradict each other."""
    return [f"{history.job_id} {what}" for history in histories for what in _contradictions(history)]


def _contradictions(history: History) -> Iterator[str]:
    happenings = history.happenings
    if [one.number for one in happenings] != list(range(1, len(happenings) + 1)):
        yield "has events whose numbers have a gap"
    if history.state in TERMINAL and (not happenings or happenings[-1].kind != history.state):
        yield f"is {history.state}, but its last event is another"
    if history.results != (history.state == "completed"):
        yield f"is {history.state} and has {history.results} results"
    steps = [one.kind for one in happenings if one.kind in ("queued", "started", *TERMINAL)]
    if history.fence != steps.count("started"):
        yield f"was claimed {history.fence} times, of which {steps.count('started')} are recorded"
    for before, after in pairwise(steps):
        if before == after:
            yield f"was {before} twice in a row: two holders at once"
