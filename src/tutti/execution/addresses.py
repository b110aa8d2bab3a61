"""Addresses to listen on, and how they are shown."""

import socket
from contextlib import ExitStack

EVERY = "::"
"""Every address of the machine, those of IPv4 among them; without IPv6 these alone."""


def listen(host: str, port: int, opened: ExitStack) -> list[socket.socket]:
    """Sockets that listen there, all at one port, until `opened` is closed. OSError if that can't be had.

    EVERY is two: one of IPv6 that takes both kinds would call clients of IPv4 by other names than they have.
    """
    hosts = [host]
    if host == EVERY:
        hosts = ["", *([EVERY] if socket.has_dualstack_ipv6() else [])]  # "": every one of IPv4
    listeners: list[socket.socket] = []
    for one in hosts:
        family = socket.AF_INET6 if ":" in one else socket.AF_INET
        listeners.append(opened.enter_context(socket.create_server((one, port), family=family)))
        port = listeners[0].getsockname()[1]
    return listeners


def shown(host: str, port: int) -> str:
    """The address as it stands in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
