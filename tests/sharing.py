"""How several processes share the tests: make test has two."""

from pathlib import PurePath

from xdist.scheduler import LoadScopeScheduling

_OF_SERVICES = {"acceptance", "chaos", "execution"}


class ServicesTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Tests of whole services run in one process, one after another; the others share the rest, a file at a time.

    Such a test waits for processes of its own, within limits, and two at a time would be late on a small machine.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "services" if _OF_SERVICES & set(PurePath(file).parts) else file
