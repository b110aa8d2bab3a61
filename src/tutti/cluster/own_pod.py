"""The pod that this process runs in, as the cluster's API server knows it."""

import os
import ssl
from pathlib import Path

import httpx

from tutti.fleet.errors import Finding, InputError

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where Kubernetes puts a pod's token, the certificate of its API server, and the name of its namespace."""

_TIMEOUT_S = 5.0


class OwnPod:
    """Changes annotations of the pod. Its ServiceAccount must be allowed to patch pods."""

    def __init__(self, name: str, account: Path = ACCOUNT) -> None:
        """Of the pod `name`. InputError where there is no such pod, or it has no token."""
        try:
            host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
            namespace = (account / "namespace").read_text()
            self._context = ssl.create_default_context(cafile=account / "ca.crt")
        except (KeyError, OSError) as error:
            message = f"is for a pod on Kubernetes with a token of its ServiceAccount, and this is none ({error})"
            raise InputError([Finding("TUTTI_POD_NAME", message)]) from None
        # from 3.13 on Python asks for extensions that many clusters' own authorities lack; chain and name are checked
        self._context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        host = f"[{host}]" if ":" in host else host
        self._url = f"https://{host}:{port}/api/v1/namespaces/{namespace}/pods/{name}"
        self._token = account / "token"

    def annotate(self, name: str, value: str) -> None:
        """Set an annotation. httpx.HTTPError if the API server is away, or does not allow it."""
        headers = {
            "Authorization": f"Bearer {self._token.read_text()}",  # read each time: Kubernetes renews it
            "Content-Type": "application/merge-patch+json",
        }
        change = {"metadata": {"annotations": {name: value}}}
        with httpx.Client(verify=self._context, timeout=_TIMEOUT_S, trust_env=False) as client:
            client.patch(self._url, json=change, headers=headers).raise_for_status()
