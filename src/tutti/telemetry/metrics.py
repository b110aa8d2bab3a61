"""Every metric that a process counts by itself. What the job store knows is asked there, by `tutti.api.service_state`.

Labels have few values: route templates, never addresses; size classes, words and outcomes, never ids or sentences.
"""

from importlib.metadata import version

from prometheus_client import Counter, Gauge, Histogram

_HTTP_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_SOLVE_S = (0.05, 0.25, 1, 5, 15, 60, 300, 900, 1800, 3600)
_JOB_S = (0.25, 1, 5, 15, 60, 120, 300, 900, 1800, 3600, 7200, 14_400)
_SHARES = (0, 0.0001, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)
_BYTES = tuple(2**power for power in range(10, 27, 2))
_MEMORY = tuple(2**power for power in range(26, 35))

BUILD = Gauge("tutti_build_info", "1, with the version.", ["version"], multiprocess_mode="max")
BUILD.labels(version("tutti")).set(1)

# Requests
HTTP_SECONDS = Histogram(
    "tutti_http_answer_seconds",
    "Seconds from a request's head to its answer's head.",
    ["method", "route", "status"],
    buckets=_HTTP_S,
)
WATCHERS = Gauge("tutti_watchers", "Clients that follow a job now.", ["way"], multiprocess_mode="livesum")

# Jobs
JOB_EVENTS = Counter(
    "tutti_job_events",
    "What happened to jobs: queued (again, if it started before), started, progress, incumbent, bound, warning,"
    " completed, failed, cancelled.",
    ["queue", "kind"],
)
CLAIM_SECONDS = Histogram(
    "tutti_claim_seconds", "Seconds from a job's submission to its first claim.", ["queue"], buckets=_JOB_S
)
JOB_SECONDS = Histogram(
    "tutti_job_seconds",
    "Seconds from a job's submission to its end, by how it ended.",
    ["queue", "kind"],
    buckets=_JOB_S,
)
ENDED_JOBS = Counter(
    "tutti_ended_jobs",
    "Jobs that ended: in_time if their time limit and a minute had not passed since submission, else late;"
    " failed if the service is to blame.",
    ["queue", "outcome"],
)
FAILURES = Counter("tutti_failures", "Jobs that failed, by the code of their error.", ["queue", "code"])
SOLVE_SECONDS = Histogram(
    "tutti_solve_seconds", "Seconds that the optimizer took for a plan.", ["queue"], buckets=_SOLVE_S
)
SOLVE_GAP = Histogram(
    "tutti_solve_gap",
    "Share of a plan's cost that is not proven; 0: optimal.",
    ["queue"],
    buckets=_SHARES,
)
SOLVE_MEMORY = Histogram(
    "tutti_solve_memory_bytes",
    "The most memory that the solver process of a completed job held, and its companions as heartbeats saw them.",
    ["queue"],
    buckets=_MEMORY,
)
CHECKPOINT_BYTES = Histogram(
    "tutti_checkpoint_bytes", "Size of the plans that were kept while jobs ran.", buckets=_BYTES
)

# Workers
WORKER_SLOTS = Gauge(
    "tutti_worker_slots",
    "Jobs that this worker can run at once, with the queues that it serves.",
    ["queues"],
    multiprocess_mode="livesum",
)
REQUEUED = Counter(
    "tutti_requeued_jobs",
    "Jobs that went back to their queue: shutdown (handed over in order), solver_died, holder_lost.",
    ["queue", "cause"],
)
FENCE_LOSSES = Counter(
    "tutti_fence_losses", "Writes that were refused because another holder had the job, or was to get it."
)

# Housekeeping
RECOVERIES = Counter("tutti_recoveries", "Jobs taken back from a holder that gave no sign of life.")
MESSAGES = Counter(
    "tutti_messages", "Messages sent to the broker: new, resumed (the job ran before), late (it seemed lost).", ["rank"]
)
REMOVED_JOBS = Counter("tutti_removed_jobs", "Jobs removed because they ended long ago.")
CIRCUIT_OPENINGS = Counter(
    "tutti_circuit_openings", "Times that a dependency was found to be away and left alone.", ["dependency"]
)
