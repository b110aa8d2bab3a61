"""The program of a pod that stands in for the adapter of a cluster's monitoring: jobs by queue, as external metrics.

`adapter.py ADDRESS` reads ADDRESS/metrics whenever it is asked; certificate and key are beside it.
"""

import json
import re
import ssl
import sys
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

HERE = Path(__file__).parent
_PORT = 8443
_GROUP_VERSION = "external.metrics.k8s.io/v1beta1"
_SERIES = re.compile(r'^(\w+)\{queue="(\w+)",state="\w+"\} (\S+)$', re.MULTILINE)
_SELECTOR = re.compile(r"queue in \((.*)\)")


class Handler(BaseHTTPRequestHandler):
    """Answers /apis/.../namespaces/NAMESPACE/METRIC?labelSelector=queue in (A,B) with each series of these queues."""

    def do_GET(self) -> None:
        """Series that are not there are left out, as an adapter does; what is no metric is an empty list."""
        place = urlsplit(self.path)
        metric = place.path.rpartition("/")[2]
        selector = _SELECTOR.fullmatch(parse_qs(place.query).get("labelSelector", [""])[0])
        queues = selector[1].split(",") if selector else []
        with urlopen(f"{sys.argv[1]}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        items = [
            {"metricName": name, "metricLabels": {"queue": queue}, "timestamp": moment, "value": str(int(float(value)))}
            for name, queue, value in _SERIES.findall(text)
            if name == metric and queue in queues
        ]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        answer = {"kind": "ExternalMetricValueList", "apiVersion": _GROUP_VERSION, "metadata": {}, "items": items}
        self.wfile.write(json.dumps(answer).encode())


if __name__ == "__main__":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HERE / "tls.crt", HERE / "tls.key")
    server = ThreadingHTTPServer(("", _PORT), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()
