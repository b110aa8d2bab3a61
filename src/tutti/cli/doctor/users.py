"""The users of the API: who may use it, and which files let nobody in."""

from collections.abc import Iterator
from pathlib import Path

from tutti.api.users import read_users
from tutti.cli.doctor.check import Check, fine, wrong
from tutti.settings import Settings

_PLACE = "users"


def examine_users(settings: Settings) -> Iterator[Check]:
    """Read their folder as the service does."""
    if not settings.users_dir:
        yield fine(_PLACE, "none are named (TUTTI_USERS_DIR): whoever reaches the API may use it")
        return
    users, findings = read_users(Path(settings.users_dir))
    for finding in findings:
        what, _, advice = finding.message.partition("; ")
        yield wrong(_PLACE, f"{finding.path}: {what}", advice)
    if users:
        yield fine(_PLACE, f"{', '.join(user.name for user in users)} may use the API")
