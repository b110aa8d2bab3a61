"""What is told of a job's way."""

from tests.jobs.conftest import Submitted
from tutti.jobs.checkpoints import Checkpoint, save_checkpoint
from tutti.jobs.database import Database
from tutti.jobs.history import Entry, history
from tutti.jobs.leases import Lease, beat, complete, fail, hand_back, warn
from tutti.jobs.reading import find
from tutti.jobs.recovery import recover
from tutti.jobs.requests import cancel


def told(database: Database, job_id: str) -> list[Entry]:
    with database.reading() as session:
        job = find(session, job_id)
        assert job is not None
        return history(session, job)


def texts(database: Database, job_id: str) -> list[str]:
    return [entry.text for entry in told(database, job_id)]


def test_a_job_that_ran_through_has_three_sentences(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        beat(session, lease, lease_s=60, progress={"phase": "root"})
        complete(session, lease, "{}", stopped=True, progress={"phase": "done", "buses": 7, "seconds": 12.34})
    assert texts(database, lease.job_id) == [
        "It was submitted with 1 routes, for the queue embedded.",
        "a worker began to run it.",
        "It was completed with a plan of 7 buses after 12.3 s of solving, stopped on request.",
    ]


def test_a_job_whose_worker_died_tells_what_was_kept_and_what_was_lost(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        save_checkpoint(session, lease.job_id, Checkpoint("{}", 10.0))
        beat(session, lease, lease_s=-1, progress={"phase": "root", "seconds": 12.5})
    with database.writing() as session:
        recover(session, max_attempts=3)
    assert texts(database, lease.job_id)[-1] == (
        "It went back to the queue: a worker gave no sign of life in attempt 1 and its lease ran out;"
        " the plan after 10.0 s of solving was kept, 2.5 s of solving are lost."
    )


def test_a_job_that_was_handed_over_without_a_plan_says_so(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        hand_back(session, lease, "its worker was shut down", counts=False, solved_s=0.7)
    assert texts(database, lease.job_id)[-1] == (
        "It went back to the queue: its worker was shut down; no plan was kept yet, 0.7 s of solving are lost."
    )


def test_the_last_lines_of_a_solver_that_died_are_kept(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        warn(session, lease, "its checkpoint is of another problem and was left out")
        fail(session, lease, "solver_crashed", "the solver process crashed", ["line 1", "line 2"])
    warned, failed = told(database, lease.job_id)[-2:]
    assert warned.text == "its checkpoint is of another problem and was left out."
    assert failed.text == "It failed (solver_crashed): the solver process crashed."
    assert failed.log == ("line 1", "line 2")


def test_a_cancelled_job_says_that_it_was_asked_for(database: Database, submitted: Submitted) -> None:
    job_id = submitted()
    with database.writing() as session:
        cancel(session, job_id)
    assert texts(database, job_id)[-1] == "It was cancelled on request."
