"""Scaling by an external metric, which a pod of this test serves in the place of the cluster's own adapter."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

import pytest

from tests.e2e.conftest import HERE, Figures
from tests.e2e.days import long_week
from tests.e2e.releases import Release, run, until
from tests.e2e.scaled import replicas, status, whole_cluster
from tests.e2e.test_scaling_modes import installed
from tutti.client import JobStatus

_PATIENCE_S = 400
_SERVICE = "apiservice/v1beta1.external.metrics.k8s.io"


@contextmanager
def served(release: Release, folder: Path) -> Iterator[None]:
    """The cluster's external metrics come from the release's API; afterwards from where they came before."""
    crt, key = folder / "tls.crt", folder / "tls.key"
    subject = ("-subj", "/CN=external-metrics", "-days", "1", "-nodes", "-out", str(crt), "-keyout", str(key))
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", *subject)
    files = [f"--from-file={file}" for file in (HERE / "external/adapter.py", crt, key)]
    release.kubectl("create", "secret", "generic", "external-metrics", *files)
    image = release.pods("api")[0]["spec"]["containers"][0]["image"]
    template = Template((HERE / "external/objects.yaml").read_text())
    objects = template.substitute(namespace=release.namespace, image=image)
    asked = subprocess.run(["kubectl", "get", _SERVICE, "-o", "json"], capture_output=True, text=True, check=False)
    try:
        run("kubectl", "delete", "--ignore-not-found", _SERVICE)  # it can't become another one
        release.kubectl("apply", "-f", "-", given=objects)
        release.kubectl("wait", "--for=condition=Ready", "pod/external-metrics", f"--timeout={_PATIENCE_S}s")
        run("kubectl", "wait", "--for=condition=Available", _SERVICE, f"--timeout={_PATIENCE_S}s")
        yield
    finally:
        release.kubectl("delete", "--ignore-not-found", "-f", "-", given=objects)
        if asked.stdout:
            run("kubectl", "create", "-f", "-", given=_as_new(asked.stdout))


def _as_new(text: str) -> str:
    """An object as it was read, without what the cluster has added to it."""
    found = json.loads(text)
    metadata = {key: found["metadata"][key] for key in ("name", "labels", "annotations") if key in found["metadata"]}
    return json.dumps({key: found[key] for key in ("apiVersion", "kind", "spec")} | {"metadata": metadata})


@whole_cluster
def test_by_an_external_metric_pods_come_with_the_jobs_and_go_with_them(figures: Figures, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate")
    values = {
        "autoscaling": {"scaleDownSeconds": 15, "hpa": {"externalMetric": "tutti_jobs"}},
        "workers": {"large": {"concurrency": 1, "maxReplicas": 3}},
    }
    with installed("hpa-values.yaml", values) as release, served(release, tmp_path), release.client() as client:
        until(lambda: replicas(release, "large") == 1, "one pod for no job", _PATIENCE_S)
        jobs = [client.submit(long_week(seed)) for seed in range(3)]
        up_s = until(lambda: replicas(release, "large") == len(jobs), "a pod for each job", _PATIENCE_S)
        until(lambda: all(status(client, job) == JobStatus.RUNNING for job in jobs), "all jobs run", _PATIENCE_S)
        for job in jobs:
            client.cancel(job.id)
        down_s = until(lambda: replicas(release, "large") == 1, "one pod for no job", _PATIENCE_S)
    figures.add("scaled by an external metric", f"1 to 3 pods after {up_s:.0f} s, back after {down_s:.0f} s")
