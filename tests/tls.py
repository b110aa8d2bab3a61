"""A server's port behind TLS, with a certificate that no machine trusts unless it is told to."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on the PATH")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for the loopback, which is its own CA, and its key."""
    signed, key = folder / "ca.crt", folder / "ca.key"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
    told = ["subjectAltName=IP:127.0.0.1", "keyUsage=critical,digitalSignature,keyCertSign"]
    extensions = [word for extension in told for word in ("-addext", extension)]
    subprocess.run([*request, *extensions, "-keyout", key, "-out", signed], check=True, capture_output=True)
    return signed, key


@contextmanager
def behind_tls(port: int, signed: Path, key: Path) -> Iterator[int]:
    """A port of the loopback that speaks TLS, and leads to another one that does not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    loop = asyncio.new_event_loop()

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pump(reader, upstream[1]), _pump(upstream[0], writer))

    server = loop.run_until_complete(asyncio.start_server(lead, "127.0.0.1", 0, ssl=context))
    thread = Thread(target=loop.run_forever)
    thread.start()
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    for task in asyncio.all_tasks(loop):
        task.cancel()
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
    loop.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
    finally:
        writer.close()
