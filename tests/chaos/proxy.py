"""A TCP proxy on loopback whose connections can be reset all at once, as a dying switch or an idle firewall does."""

import asyncio
import socket
import struct
from contextlib import suppress
from threading import Thread

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s: closing sends RST instead of FIN
_CHUNK = 65_536


class Proxy:
    """Passes connections to `port` on to the server at `server_port`."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        self._thread = Thread(target=self._loop.run_until_complete, args=(self._serve(),), name="proxy")

    def __enter__(self) -> "Proxy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()
        self._loop.close()

    def reset(self) -> None:
        """Reset all connections, on both sides."""
        asyncio.run_coroutine_threadsafe(self._reset(), self._loop).result()

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as connections:

            def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                connections.create_task(self._connect(reader, writer))

            server = await asyncio.start_server(take, sock=self._listener)
            await self._closing.wait()
            server.close()
            await self._reset()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            writer.close()
            return
        self._open |= {writer, server_writer}
        await asyncio.gather(self._pass_on(reader, server_writer), self._pass_on(server_reader, writer))
        self._open -= {writer, server_writer}

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _reset(self) -> None:
        for writer in self._open:
            if writer.is_closing():  # its other side has ended already, and it may have no socket any more
                continue
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()
