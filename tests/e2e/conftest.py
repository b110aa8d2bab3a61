"""End-to-end tests: a real cluster (whatever KUBECONFIG names) and an image (TUTTI_IMAGE) that its nodes can have.

They run only where TUTTI_IMAGE is set, as `make e2e` does: nobody's cluster gets a release by accident.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.days import EXAMPLE
from tests.e2e.releases import CHART, Release, namespace

METRICS = "/apis/metrics.k8s.io/v1beta1"
HAS_METRICS = ("kubectl", "get", "--raw", METRICS)
HAS_KEDA = ("kubectl", "get", "crd", "scaledobjects.keda.sh")
_KEDA_PATIENCE_S = 400
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [program for program in ("helm", "kubectl") if shutil.which(program) is None]
    reason = f"{', '.join(missing)} not on the PATH" if missing else ""
    if not os.environ.get("TUTTI_IMAGE"):
        reason = "TUTTI_IMAGE names no image; see make e2e"
    for item in items:
        if reason and HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


@dataclass(frozen=True)
class Figures:
    """What was measured, printed at the end."""

    lines: list[str]

    def add(self, what: str, value: str) -> None:
        """Note a figure."""
        self.lines.append(f"{what}: {value}")


_figures = Figures([])


@pytest.fixture(scope="session")
def figures() -> Figures:
    return _figures


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in _figures.lines:
        terminalreporter.write_line(f"figure: {line}")


@pytest.fixture(scope="session")
def release() -> Iterator[Release]:
    """A release with the chart's defaults, shared by all tests that leave it as they found it."""
    with namespace() as name:
        fresh = Release(name)
        began = time.monotonic()
        fresh.install()
        _figures.add("fresh install until all is ready", f"{time.monotonic() - began:.0f} s")
        with fresh.client() as client:
            assert client.wait(client.submit(EXAMPLE).id).status == "completed"
        _figures.add("fresh install to first plan (images present)", f"{time.monotonic() - began:.0f} s")
        yield fresh


@pytest.fixture(scope="session")
def scaled() -> Iterator[Release]:
    """A release that KEDA scales, shared by all tests of scaling.

    KEDA takes an object up only when PostgreSQL answers, and looks again after twice the time that it looked for in
    vain: up to as long again as PostgreSQL took to be there.
    """
    if subprocess.run(HAS_KEDA, capture_output=True, check=False).returncode:
        pytest.skip("the cluster has no KEDA")
    with namespace() as name:
        fresh = Release(name)
        fresh.install(CHART / "ci/keda-values.yaml")
        fresh.kubectl("wait", "--for=condition=Ready", "scaledobject", "--all", f"--timeout={_KEDA_PATIENCE_S}s")
        yield fresh
