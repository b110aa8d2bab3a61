from collections.abc import Callable

import pytest
from sqlalchemy import update

from tests.jobs.conftest import Claimed, Submitted
from tutti.jobs.checkpoints import Checkpoint, checkpoint_of, save_checkpoint
from tutti.jobs.clock import now
from tutti.jobs.database import Database
from tutti.jobs.errors import LeaseLostError
from tutti.jobs.events import Event, Kind, events_after, warning_of
from tutti.jobs.leases import Lease, beat, claim, claim_new, complete, excuse, fail, hand_back, hold
from tutti.jobs.reading import find, find_by_task, planned
from tutti.jobs.recovery import give_time, recover
from tutti.jobs.requests import cancel, request_stop
from tutti.jobs.submission import Submission, submit
from tutti.jobs.tables import Job


def read(database: Database, job_id: str) -> Job:
    with database.reading() as session:
        job = find(session, job_id)
    assert job is not None
    return job


def document_of(database: Database, job_id: str) -> str | None:
    with database.reading() as session:
        found = planned(session, job_id)
    assert found is not None
    return found[2]


def expire(database: Database, claimed: Claimed, job_id: str) -> Lease:
    """A lease that has run out, with the job back in the queue."""
    lease = claimed(job_id, lease_s=-1)
    with database.writing() as session:
        assert recover(session, max_attempts=3) == [job_id]
    return lease


def test_jobs_are_claimed_in_the_order_they_came(submitted: Submitted, claimed: Claimed) -> None:
    ids = [submitted() for _ in range(3)]
    assert [claimed().job_id for _ in range(3)] == ids


def test_a_job_is_claimed_once(database: Database, submitted: Submitted, claimed: Claimed) -> None:
    job_id = submitted()
    claimed(job_id)
    with database.writing() as session:
        assert claim(session, holder="another", lease_s=60, job_id=job_id) is None
        assert claim(session, holder="another", lease_s=60) is None


def test_only_a_job_that_was_never_claimed_is_claimed_as_new(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    job_id = submitted()
    with database.at_once() as connection:
        new = claim_new(connection, holder="a worker", lease_s=60, job_id=job_id)
    assert new is not None
    with database.writing() as session:
        hand_back(session, new[0], "shutdown", counts=False)
    with database.at_once() as connection:
        assert claim_new(connection, holder="a worker", lease_s=60, job_id=job_id) is None
    assert claimed(job_id).fence == 2


def test_a_job_is_claimed_with_its_request_in_the_transaction_that_submits_it(database: Database) -> None:
    with database.writing() as session:
        job, _ = submit(session, Submission('["routes"]', 1, "someone", "embedded"))
        claimed = claim(session, holder="a worker", lease_s=60, job_id=job.id)
    assert claimed is not None
    assert claimed[1].content == '["routes"]'


def test_only_the_named_queues_are_claimed_from(database: Database, submitted: Submitted) -> None:
    submitted()
    with database.writing() as session:
        assert claim(session, holder="a worker", lease_s=60, queues=["large"]) is None
        assert claim(session, holder="a worker", lease_s=60, queues=["embedded"]) is not None


def test_a_heartbeat_writes_progress_and_reads_the_wish_to_stop(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        assert not beat(session, lease, lease_s=60, progress={"phase": "bound"})
    with database.writing() as session:
        assert request_stop(session, lease.job_id)
    with database.writing() as session:
        assert beat(session, lease, lease_s=60, progress={"phase": "dive"})
    assert read(database, lease.job_id).progress == {"phase": "dive"}


def test_a_lease_that_is_only_held_is_prolonged_and_reads_the_wish_to_stop(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    lease = claimed(submitted(), lease_s=-1)
    with database.writing() as session:
        assert not hold(session, lease, lease_s=60)
        assert recover(session, max_attempts=3) == []
        assert request_stop(session, lease.job_id)
        assert hold(session, lease, lease_s=60)
    assert read(database, lease.job_id).progress is None


def test_events_are_numbered_without_a_gap(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        beat(session, lease, lease_s=60, progress=None, events=[Event(Kind.INCUMBENT), Event(Kind.BOUND)])
        complete(session, lease, "{}", stopped=False, progress={})
    with database.reading() as session:
        events = events_after(session, lease.job_id, 0)
    assert [event.number for event in events] == [1, 2, 3, 4, 5]
    assert [event.kind for event in events] == ["queued", "started", "incumbent", "bound", "completed"]


@pytest.mark.parametrize("write", ["beat", "complete", "fail", "hand_back"])
def test_a_holder_whose_lease_ran_out_changes_nothing(
    database: Database, submitted: Submitted, claimed: Claimed, write: str
) -> None:
    job_id = submitted()
    old = expire(database, claimed, job_id)
    claimed(job_id)
    before = read(database, job_id)
    writes: dict[str, Callable[..., object]] = {
        "beat": lambda session: beat(session, old, lease_s=60, progress={"phase": "old"}),
        "complete": lambda session: complete(session, old, "{}", stopped=False, progress={}),
        "fail": lambda session: fail(session, old, "crashed", "It crashed"),
        "hand_back": lambda session: hand_back(session, old, "shutdown", counts=False),
    }
    with pytest.raises(LeaseLostError, match=job_id), database.writing() as session:
        writes[write](session)
    after = read(database, job_id)
    assert (after.state, after.fence, after.progress, after.last_event) == (
        "running",
        before.fence,
        before.progress,
        before.last_event,
    )
    assert document_of(database, job_id) is None


def test_a_checkpoint_is_there_for_the_next_attempt(database: Database, submitted: Submitted, claimed: Claimed) -> None:
    job_id = submitted("[1]")
    lease = claimed(job_id)
    with database.writing() as session:
        for spent_s in (5.0, 10.0):
            save_checkpoint(session, lease.job_id, Checkpoint(f'{{"spent": {spent_s}}}', spent_s))
        hand_back(session, lease, "shutdown", counts=False)
    with database.writing() as session:
        again = claim(session, holder="another", lease_s=60, job_id=job_id)
    assert again is not None
    _, work = again
    assert work.content == "[1]"
    assert work.checkpoint == Checkpoint('{"spent": 10.0}', 10.0)


def test_an_attempt_that_is_handed_back_in_order_does_not_count(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    job_id = submitted()
    with database.writing() as session:
        hand_back(session, claimed_in(session), "shutdown", counts=False)
    assert claimed(job_id).attempt == 1
    assert read(database, job_id).fence == 2


def claimed_in(session: object) -> Lease:
    claimed = claim(session, holder="a worker", lease_s=60)  # type: ignore[arg-type]
    assert claimed is not None
    return claimed[0]


def test_a_job_whose_lease_ran_out_is_queued_again(database: Database, submitted: Submitted, claimed: Claimed) -> None:
    job_id = submitted()
    expire(database, claimed, job_id)
    assert read(database, job_id).state == "queued"
    with database.reading() as session:
        last = events_after(session, job_id, 2)[0]
    assert "lease ran out" in last.data["reason"]


def test_a_job_that_nobody_runs_has_no_holder_and_no_lease(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    silent, handed, done, unwanted = ids = [submitted() for _ in range(4)]
    expire(database, claimed, silent)
    leases = {job_id: claimed(job_id) for job_id in ids[1:]}
    assert (read(database, done).holder, read(database, done).lease_until is None) == ("a worker", False)
    with database.writing() as session:
        hand_back(session, leases[handed], "shutdown", counts=False)
        complete(session, leases[done], "{}", stopped=False, progress={})
        cancel(session, unwanted)
    jobs = [read(database, job_id) for job_id in ids]
    assert [job.state for job in jobs] == ["queued", "queued", "completed", "cancelled"]
    assert [(job.holder, job.lease_until) for job in jobs] == [(None, None)] * 4


def test_a_good_lease_is_not_taken_back(database: Database, submitted: Submitted, claimed: Claimed) -> None:
    claimed(submitted())
    with database.writing() as session:
        assert recover(session, max_attempts=3) == []


def test_a_lease_that_ran_out_is_good_again_when_its_holder_is_given_time(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    claimed(submitted(), lease_s=-1)
    with database.writing() as session:
        assert give_time(session, lease_s=60)
        assert recover(session, max_attempts=3) == []


def test_a_job_that_loses_its_worker_each_time_fails_after_its_last_attempt(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    job_id = submitted()
    for _ in range(3):
        expire(database, claimed, job_id)
    job = read(database, job_id)
    assert (job.state, job.error_code) == ("failed", "attempts_exhausted")
    assert job.error is not None
    assert "tried 3 times" in job.error


@pytest.mark.parametrize("running", [False, True])
def test_a_cancelled_job_is_final_at_once(
    database: Database, submitted: Submitted, claimed: Claimed, running: bool
) -> None:
    job_id = submitted()
    lease = claimed(job_id) if running else None
    with database.writing() as session:
        assert cancel(session, job_id)
    assert read(database, job_id).state == "cancelled"
    if lease is not None:
        with pytest.raises(LeaseLostError), database.writing() as session:
            complete(session, lease, "{}", stopped=False, progress={})
    with database.writing() as session:
        assert not cancel(session, job_id)
        assert not request_stop(session, job_id)


def test_a_failure_is_kept_whatever_characters_it_holds(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        fail(session, lease, "invalid_input", "a NUL \0, half a character \ud800", ["\0", "\ud800"])
    assert read(database, lease.job_id).state == "failed"


def test_a_failure_for_thousands_of_reasons_is_kept_in_short(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        fail(session, lease, "infeasible", "the first reason, " + "a" * 600_000)
    error = read(database, lease.job_id).error
    assert error is not None
    assert error.startswith("the first reason, aaa")
    assert error.endswith("... and 596018 characters more, which `tutti solve` tells of the same day")
    assert len(error) < 5000


def test_a_warning_is_kept_whatever_characters_it_holds(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        beat(session, lease, lease_s=30, progress=None, events=[warning_of("a NUL \0, half a character \ud800")])
    with database.reading() as session:
        told = [event.data["message"] for event in events_after(session, lease.job_id, 2)]
    assert told == ["a NUL \N{REPLACEMENT CHARACTER}, half a character ?"]


def test_an_id_that_can_not_be_is_unknown(database: Database) -> None:
    with database.writing() as session:
        assert find(session, "\0") is None
        assert find_by_task(session, "\0") is None
        assert not cancel(session, "\0")
        assert not request_stop(session, "\0")


def test_a_completed_job_has_its_document_and_no_checkpoint(database: Database, lease: Lease) -> None:
    with database.writing() as session:
        save_checkpoint(session, lease.job_id, Checkpoint('"early"', 5.0))
    assert document_of(database, lease.job_id) == '"early"'
    with database.writing() as session:
        complete(session, lease, '"final"', stopped=True, progress={"percent": 100}, warning="it was stuck")
    assert document_of(database, lease.job_id) == '"final"'
    with database.reading() as session:
        kinds = [event.kind for event in events_after(session, lease.job_id, 2)]
        assert checkpoint_of(session, lease.job_id) is None
    assert kinds == ["warning", "completed"]
    job = read(database, lease.job_id)
    assert (job.state, job.stopped, job.progress) == ("completed", True, {"percent": 100})
    assert job.ended_at is not None


def test_an_attempt_whose_holder_was_only_late_does_not_count(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    job_id = submitted()
    late = expire(database, claimed, job_id)
    claimed(job_id)
    with database.writing() as session:
        assert excuse(session, late)
    job = read(database, job_id)
    assert (job.attempts, job.fence, job.state) == (1, 2, "running")
    with database.reading() as session:
        assert "attempt 1 was only late" in events_after(session, job_id, 0)[-1].data["message"]


def test_no_job_has_fewer_than_no_attempts_however_often_one_is_excused(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    job_id = submitted()
    late = expire(database, claimed, job_id)
    with database.writing() as session:
        assert [excuse(session, late), excuse(session, late)] == [True, False]
    assert read(database, job_id).attempts == 0


def test_a_job_has_started_when_its_first_attempt_did(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    job_id = submitted()
    expire(database, claimed, job_id)
    with database.writing() as session:
        session.execute(update(Job).values(started_at=now(-60)))
    began = read(database, job_id).started_at
    claimed(job_id)
    assert read(database, job_id).started_at == began


def test_a_job_that_has_ended_needs_no_excuse(database: Database, submitted: Submitted, claimed: Claimed) -> None:
    job_id = submitted()
    late = expire(database, claimed, job_id)
    with database.writing() as session:
        assert cancel(session, job_id)
        assert not excuse(session, late)


def test_a_job_whose_holders_all_fall_silent_is_not_excused_for_ever(
    database: Database, submitted: Submitted, claimed: Claimed
) -> None:
    job_id, claims = submitted(), 0
    while read(database, job_id).state == "queued":
        late = expire(database, claimed, job_id)
        claims += 1
        with database.writing() as session:
            if not excuse(session, late):
                break
        assert claims < 100
    assert read(database, job_id).attempts == 1
