"""Proxies on the way to a server, as the environment names them: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import getproxies, proxy_bypass

import httpx

from tutti.fleet.errors import Finding, InputError

ADVICE = "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names it, and NO_PROXY the hosts that need none"

_HERE = ("localhost", "127.0.0.1", "::1")


def counts_for(url: httpx.URL) -> bool:
    """Whether what the environment says goes for this server: not for this machine, which is another one to a proxy."""
    return url.scheme != "http" or url.host not in _HERE


def is_on_the_way(url: httpx.URL) -> bool:
    """Whether calls of this server go by a proxy of the environment."""
    proxies = getproxies()
    named = proxies.get(url.scheme) or proxies.get("all")
    return bool(named) and counts_for(url) and not proxy_bypass(url.host)


@contextmanager
def usable() -> Iterator[None]:
    """InputError if the environment names a proxy that httpx can't use."""
    try:
        yield
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        if not getproxies():
            raise
        message = f"one of them names a proxy that can't be used ({error}); unset it, or name one as http://HOST:PORT"
        raise InputError([Finding("HTTP_PROXY, HTTPS_PROXY, ALL_PROXY", message)]) from error
