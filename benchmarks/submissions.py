"""Submissions from many clients at once, beside a bare FastAPI service that only stores the same bodies.

No worker runs: what is measured is how fast the API checks and stores a day, and tells the broker of it.
"""

import argparse
import json
import subprocess

from callers import Calls, call, post
from measuring import Table
from stage import stage
from tutti.fleet.generate import generate_day

_WARM_UP = 100  # calls, so that threads and connections are there


def main() -> None:
    """Print both, and their ratio at the 99th percentile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1000, metavar="N")
    parser.add_argument("--clients", type=int, default=50, metavar="N")
    parser.add_argument("--routes", type=int, default=200, metavar="N")
    args = parser.parse_args()
    body = json.dumps(generate_day(args.routes)["routes"]).encode()
    table = Table(["service", "calls", "clients", "KiB", "p50 ms", "p99 ms", "calls/s", "errors", "ratio p99"])

    def measured(name: str, address: tuple[str, int], path: str, bare: Calls | None) -> Calls:
        request = post(path, body)
        call(address, request, clients=args.clients, calls=_WARM_UP)
        calls = call(address, request, clients=args.clients, calls=args.calls)
        p50, p99 = calls.quantile_ms(0.5), calls.quantile_ms(0.99)
        ratio = p99 / (bare or calls).quantile_ms(0.99)
        table.row([name, args.calls, args.clients, len(body) / 1024, p50, p99, calls.rate, calls.errors, ratio])
        return calls

    with stage(TUTTI_MAX_JOBS_PER_CLIENT="10000") as one:
        address = one.address_of(one.start("-m", "bare_insert", stderr=subprocess.PIPE))
        bare = measured("bare insert", address, "/bodies", None)
        measured("Tutti", one.start_api(), "/v1/jobs", bare)


if __name__ == "__main__":
    main()
