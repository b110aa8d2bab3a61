"""Has idle pods go first when Kubernetes takes some away: a busy one says so in its deletion cost."""

import logging
from collections.abc import Callable

import httpx

logger = logging.getLogger(__name__)

ANNOTATION = "controller.kubernetes.io/pod-deletion-cost"
BUSY, IDLE = "100", "0"
_CALM = 10  # looks without a job before the pod counts as idle: short jobs one after the other are one busy time
_PATIENCE = 10  # looks until something that failed is tried again


class IdleFirst:
    """Asked once a second. Writes only when busy turns to idle or back, so that the API server hears little of it."""

    def __init__(self, annotate: Callable[[str, str], None]) -> None:
        """`annotate` sets an annotation of the pod; it may raise httpx.HTTPError."""
        self._annotate = annotate
        self._written = ""  # unknown: a container that is started again finds what the one before it wrote
        self._calm = _CALM - 1
        self._wait = 0

    def look(self, running: int) -> None:
        """Tell the cluster if the pod, which runs so many jobs, is no longer what it was said to be."""
        self._calm = 0 if running else self._calm + 1
        self._wait = max(0, self._wait - 1)
        if running:
            self._say(BUSY)
        elif self._calm >= _CALM:
            self._say(IDLE)

    def _say(self, cost: str) -> None:
        if cost == self._written or self._wait:
            return
        try:
            self._annotate(ANNOTATION, cost)
        except httpx.HTTPError as error:
            self._wait = _PATIENCE
            logger.warning("the cluster does not hear whether this pod is busy: %s", error)
        else:
            self._written = cost
