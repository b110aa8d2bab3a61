"""The settings: names that are none, and times that don't fit together."""

import difflib
import os
from collections.abc import Iterator, Mapping

from tutti.cli.doctor.check import Check, care, fine, wrong
from tutti.settings import Settings

_PREFIX = "TUTTI_"
_OURS = ("TUTTI_SERVER", "TUTTI_TOKEN")  # read by the commands that call a service
_BEATS = 2
_PROBE_LOOKS = 3  # the files are touched each second


def examine_settings(settings: Settings, environment: Mapping[str, str] = os.environ) -> Iterator[Check]:
    """What is set, and whether it fits."""
    known = [f"{_PREFIX}{name.upper()}" for name in Settings.model_fields]
    chosen = [name for name in environment if name in known]
    yield fine("settings", f"{len(chosen)} are set, {len(known) - len(chosen)} have their defaults")
    for name in sorted(environment):
        if name.startswith(_PREFIX) and name not in (*known, *_OURS):
            near = difflib.get_close_matches(name, known, 1)
            advice = f"did you mean {near[0]}?" if near else "docs/reference/settings.md has all that there are"
            yield care("settings", f"{name} is no setting, and does nothing", advice)
    yield from _passwords(settings)
    yield from _work(settings)
    yield from examine_times(settings)


def _passwords(settings: Settings) -> Iterator[Check]:
    """Whether they are as they were meant; nothing of them is told."""
    for name in ("database_password", "broker_password", "demand_password", "flower_password"):
        password = getattr(settings, name).get_secret_value()
        if password != password.strip():
            told = (
                f"{_PREFIX}{name.upper()} begins or ends with a space or a line break, as a file written by echo does"
            )
            yield care("settings", told, "unless that is meant, make it again by printf, or kubectl's --from-literal")


def _work(settings: Settings) -> Iterator[Check]:
    """Who runs the jobs."""
    if settings.broker_url and not settings.celery_enabled:
        yield care("settings", "CELERY_ENABLED is false, so the broker is not used", "set it to true for workers")
    elif settings.uses_celery and not settings.database_url:
        advice = "name a PostgreSQL in TUTTI_DATABASE_URL, unless all runs on one machine"
        yield care("settings", "workers are used, but the job store is a file of this machine", advice)


def examine_times(settings: Settings) -> Iterator[Check]:
    """Heartbeat < lease, soft limit + grace < hard limit, and so on."""
    faults = list(_faults(settings))
    yield from faults
    if not faults:
        chain = (
            f"heartbeat {settings.heartbeat_s:g} s, lease {settings.lease_s:g} s; soft limit"
            f" {settings.soft_limit_s:g} s, hard limit {settings.hard_limit_s:g} s"
        )
        yield fine("times", chain)
    yield fine("times", f"a service ends within {settings.ending_s:g} s of SIGTERM: give pods more than that")


def _faults(settings: Settings) -> Iterator[Check]:
    if settings.lease_s < _BEATS * settings.heartbeat_s:
        yield wrong(
            "times",
            f"a lease of {settings.lease_s:g} s is less than two heartbeats: a busy machine loses jobs that run",
            f"set TUTTI_LEASE_S to {_BEATS * settings.heartbeat_s:g} or more",
        )
    if settings.soft_limit_s + settings.stop_grace_s >= settings.hard_limit_s:
        yield wrong(
            "times",
            f"the soft limit and its grace leave no time before the hard limit of {settings.hard_limit_s:g} s:"
            " jobs are killed before they can end with their best plans",
            f"set TUTTI_HARD_LIMIT_S above {settings.soft_limit_s + settings.stop_grace_s:g}",
        )
    if settings.checkpoint_s >= settings.soft_limit_s:
        yield wrong(
            "times",
            "a job ends before its first checkpoint: what a dead worker had found is lost",
            f"set TUTTI_CHECKPOINT_S below {settings.soft_limit_s:g}",
        )
    if settings.probe_age_s < _PROBE_LOOKS:
        yield wrong(
            "times",
            f"signs of life come each second, and the probe fails at an age of {settings.probe_age_s:g} s",
            f"set TUTTI_PROBE_AGE_S to {_PROBE_LOOKS} or more",
        )
