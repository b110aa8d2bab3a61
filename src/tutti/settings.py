"""Every setting of the service, one class; each is read from an environment variable: TUTTI_ and its name."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from tutti import probe
from tutti.fleet.errors import Finding, InputError

_STORES = ("postgresql+psycopg2", "sqlite")


def _of_redis(url: str) -> str:
    """The URL. Refused if no Redis can be there, of which its clients would tell late, and each in another way."""
    if "sentinel" in url.partition("://")[0]:
        message = "names Sentinels, whom nobody asks; name an address that leads to whichever Redis is the master"
        raise PydanticCustomError("redis_url", message)
    try:
        parts = urlsplit(url)
        number = parts.path.strip("/") or "0"
        is_one = parts.scheme in ("redis", "rediss") and bool(parts.hostname) and parts.port != 0 and number.isdecimal()
    except ValueError:  # its port is no number
        is_one = False
    if url and not is_one:
        raise PydanticCustomError("redis_url", "is no address of a Redis; write it as redis://HOST:PORT/NUMBER")
    return url


def _of_store(url: str) -> str:
    """The URL. Refused if its scheme is none that Tutti has a driver for, or the driver can't read the rest."""
    if url and url.partition("://")[0] not in _STORES:
        raise PydanticCustomError("store_url", f"names none of {', '.join(_STORES)}; write it as {_STORES[0]}://...")
    try:
        if url:
            parts = make_url(url)
            parts.get_dialect()().create_connect_args(parts)
    except (ArgumentError, ValueError):  # whose texts have the URL in them, perhaps with its password
        message = "is no address of a job store; write it as postgresql+psycopg2://USER@HOST:PORT/NAME"
        raise PydanticCustomError("store_url", message) from None
    return url


StoreUrl = Annotated[str, AfterValidator(_of_store)]
RedisUrl = Annotated[str, AfterValidator(_of_redis)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
Cores = Annotated[int, Field(ge=1, le=64)]
Amount = Annotated[int, Field(ge=0)]


class Settings(BaseSettings):
    """What an operator can set. The defaults run the service on one machine, with SQLite and no other server."""

    model_config = SettingsConfigDict(
        env_prefix="TUTTI_", frozen=True, populate_by_name=True, use_attribute_docstrings=True
    )

    data_dir: Path = Path("data")
    """Folder of the SQLite file; made if it is not there."""
    database_url: StoreUrl = ""
    """SQLAlchemy URL of the job store; empty: the SQLite file `tutti.db` in the data folder."""
    database_password: SecretStr = SecretStr("")
    """Password for the job store as it is, without the escapes that one within the URL needs."""
    database_pool_size: Count = 5
    """Connections to PostgreSQL that a process keeps open."""
    database_pool_overflow: Amount = 10
    """Connections beyond these that it opens under load."""
    database_statement_timeout_s: Seconds = 30
    """PostgreSQL ends a statement after this time."""
    database_idle_s: Seconds = 5
    """PostgreSQL ends a transaction whose process is silent for this time, so that it can hold no lock for long."""

    circuit_failures: Count = 3
    """Calls to the broker, or connections to PostgreSQL, that fail in a row before it is left alone for a while."""
    circuit_pause_s: Seconds = 2
    """That while; then one call tries whether it is back."""

    slots: Count = 2
    """Jobs that one `tutti serve` solves at once, each in a process of its own."""
    solve_cores: Cores = 1
    """Cores that one job may use, by as many processes that solve it together; each needs memory of its own."""
    solver_memory_mb: Amount = 0
    """Address space that a solver process may use, in MiB; 0: no limit of its own."""
    solver_recycle_mb: Amount = 1024
    """Resident memory, MiB, above which a solver process is replaced before its next job; 0: no matter how much."""
    solver_jobs: Count = 1000
    """Jobs after which a solver process is replaced by a fresh one."""
    soft_limit_s: Seconds = 3540
    """Solving seconds after which a job ends with its best plan."""
    stop_grace_s: Seconds = 2
    """Time that a solver gets to stop in order before it is killed."""
    hard_limit_s: Seconds = 3600
    """Solving seconds after which a solver that did not end by itself is killed."""
    when_out_of_time: Literal["keep", "fail"] = "keep"
    """What to do with a job whose solver had to be killed so: complete it with its best plan, or fail it."""
    finish_grace_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1
    """Time that running jobs get to end by themselves when a service shuts down, before they are handed over."""
    keep_days: Amount = 90
    """Days after which a job that has ended is removed, with its plan and its history; 0: never."""

    lease_s: Seconds = 3.5
    """A job without a sign of life for this time is given to someone else."""
    heartbeat_s: Seconds = 1
    """Time between two signs of life of a running job."""
    checkpoint_s: Seconds = 5
    """Least time between two checkpoints of a job's best plan."""
    max_attempts: Count = 3
    """Attempts after which a job that kills its solver is given up."""

    celery_enabled: bool = Field(default=True, validation_alias=AliasChoices("CELERY_ENABLED", "TUTTI_CELERY_ENABLED"))
    """Whether Celery workers run the jobs, if a broker is named; `CELERY_ENABLED` sets it as well."""
    broker_url: RedisUrl = ""
    """Redis URL of the broker, the result backend and live progress; empty: no Celery."""
    broker_password: SecretStr = SecretStr("")
    """Password for the broker as it is, without the escapes that one within the URL needs."""
    broker_timeout_s: Seconds = 2
    """Time after which a broker that does not answer counts as away."""
    when_broker_away: Literal["queue", "inline", "reject"] = "queue"
    """What to do with a new job then, or while the broker is full: keep it until that is over, run it here, or 503."""
    republish_s: Seconds = 5
    """A queued job is announced to the broker again after this time, if its message seems to be lost."""
    small_job_routes: Count = 300
    """Jobs of up to so many routes go into the queue `small`, larger ones into `large`."""
    worker_concurrency: Count = 4
    """Jobs that one `tutti worker` solves at once."""
    worker_queues: str = "small,large,celery"
    """Queues a `tutti worker` takes jobs from, by commas; `celery` is where clients of the broker send theirs."""

    log_format: Literal["auto", "json", "text"] = "auto"
    """Form of what is logged to stderr: `json`, `text` for people, or `auto`: text in a terminal, JSON elsewhere."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least weight of what Tutti logs; libraries log warnings and errors."""

    deaf_after_s: Seconds = 30
    """A worker that takes nothing for this time, though jobs wait and a slot is free, ends to be started again."""
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] = 0
    """TCP port at which a `tutti worker` tells Prometheus what it counted; 0: none. The API has `/metrics`."""
    probe_dir: str = ""
    """Folder of the files by which a worker shows that it lives; empty: `tutti-` and the user's number in `TMPDIR`."""
    probe_age_s: Seconds = probe.DEFAULT_AGE_S
    """Age at which such a file makes `tutti probe` fail."""
    pod_name: str = ""
    """Pod of Kubernetes in which a `tutti worker` notes whether it is busy, so that idle ones go first; empty: none."""

    demand_user: str = "tutti_demand"
    """Role of PostgreSQL that `tutti db demand-role` lets read how many jobs wait and run, and nothing else."""
    demand_password: SecretStr = SecretStr("")
    """Password of that role."""

    flower_user: str = "tutti"
    """Name that `tutti flower` asks for."""
    flower_password: SecretStr = SecretStr("")
    """Password that `tutti flower` asks for; it does not start without one."""

    users_dir: str = ""
    """Folder with a file for each user of the API, which holds the password; empty: whoever reaches it may use it."""

    max_body_mib: Count = 32
    """Largest request body, MiB, counted after decompression."""
    max_routes: Annotated[int, Field(ge=1, le=20_000)] = 20_000
    """Most routes in one job."""
    max_queued: Count = 10_000
    """Jobs that may wait; further ones are refused with 429."""
    max_jobs_per_client: Count = 1_000
    """Jobs that one user, or without users one client address, may have waiting or running."""
    body_timeout_s: Seconds = 30
    """Time in which a request body must have arrived."""
    shutdown_grace_s: Seconds = 5
    """Time that open connections get when the service ends."""

    @property
    def uses_celery(self) -> bool:
        """Whether jobs go to Celery workers."""
        return self.celery_enabled and bool(self.broker_url)

    @property
    def ending_s(self) -> float:
        """The longest that jobs take to end, or to be handed over, when a service shuts down."""
        return self.finish_grace_s + self.stop_grace_s + self.shutdown_grace_s

    @property
    def probe_folder(self) -> Path:
        """The folder of the files that `tutti probe` looks at."""
        return Path(probe.folder(self.probe_dir))

    @property
    def store_file(self) -> Path:
        """The job store's file, where no server is named."""
        return self.data_dir / "tutti.db"

    @property
    def store_url(self) -> str:
        """The job store's URL, with its password."""
        return _with_password(self.database_url or f"sqlite:///{self.store_file}", self.database_password)

    @property
    def redis_url(self) -> str:
        """The broker's URL, with its password."""
        return _with_password(self.broker_url, self.broker_password)


def _with_password(url: str, password: SecretStr) -> str:
    """The URL with the password in it, escaped; the URL as it is if there is no password."""
    if not (url and password.get_secret_value()):
        return url
    parts = urlsplit(url)
    user, _, place = parts.netloc.rpartition("@")
    login = f"{user.partition(':')[0]}:{quote(password.get_secret_value(), safe='')}"
    return urlunsplit(parts._replace(netloc=f"{login}@{place}"))


def read_settings(**chosen: object) -> Settings:
    """The settings, with those that were chosen elsewhere. InputError with every one that makes no sense."""
    try:
        return Settings.model_validate(chosen)
    except ValidationError as error:
        raise InputError([Finding(_variable(str(one["loc"][0])), one["msg"]) for one in error.errors()]) from None


def _variable(name: str) -> str:
    """The environment variable that sets a field; one with several names is called by one of them already."""
    return f"TUTTI_{name.upper()}" if name in Settings.model_fields else name


def settings_reference() -> str:
    """The settings as a Markdown table, for docs/reference/settings.md."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if str(field.default) else ""
        rows.append(f"| `TUTTI_{name.upper()}` | {default} | {field.description} |")
    return "\n".join([*rows, ""])
