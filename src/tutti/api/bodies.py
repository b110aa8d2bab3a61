"""Reads a request's body: JSON or a table, plain or gzip, never more than the limit, never longer than the timeout."""

import asyncio
import zlib
from dataclasses import dataclass

from fastapi import Request
from starlette.requests import ClientDisconnect

from tutti.api.context import context_of
from tutti.api.errors import CutOffBodyError, MediaTypeError, SlowBodyError, TooLargeError
from tutti.fleet.errors import Finding, InputError

_MIB = 1024 * 1024
_GZIP = 31  # zlib's window bits for a gzip stream


@dataclass(frozen=True, slots=True)
class Body:
    """What a request brought, decompressed. is_table: it is CSV, else JSON."""

    data: bytes
    is_table: bool = False


async def read_json(request: Request) -> Body:
    """A body of JSON."""
    media_type = _media_type(request)
    if not _is_json(media_type):
        raise _unread(media_type, "application/json")
    return Body(await _read(request))


async def read_json_or_table(request: Request) -> Body:
    """A body of JSON, or of CSV."""
    media_type = _media_type(request)
    if not _is_json(media_type) and media_type != "text/csv":
        raise _unread(media_type, "application/json or text/csv")
    return Body(await _read(request), is_table=media_type == "text/csv")


def _media_type(request: Request) -> str:
    """JSON if nothing is said, but not by a page (`Origin`): one elsewhere can send that without asking first."""
    unsaid = "" if "origin" in request.headers else "application/json"
    return request.headers.get("content-type", unsaid).partition(";")[0].strip().lower()


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or media_type.endswith("+json")


def _unread(media_type: str, read: str) -> MediaTypeError:
    return MediaTypeError(f"a body of type {media_type!r} is not read here; send {read}")


async def _read(request: Request) -> bytes:
    """The limit counts what was really read: headers may say what they like."""
    settings = context_of(request).settings
    decoder = _decoder(request)
    limit = settings.max_body_mib * _MIB
    body = bytearray()
    try:
        async with asyncio.timeout(settings.body_timeout_s):
            async for chunk in request.stream():
                body += decoder.decompress(chunk, limit + 1 - len(body)) if decoder else chunk
                if decoder and decoder.unused_data:
                    raise InputError([Finding("", "the gzip body goes on after its end; send one gzip stream")])
                if len(body) > limit:
                    raise TooLargeError(f"the body is larger than {settings.max_body_mib} MiB; send fewer routes a job")
    except TimeoutError:
        message = f"the body did not arrive within {settings.body_timeout_s:g} s"
        raise SlowBodyError(message) from None
    except ClientDisconnect:
        raise CutOffBodyError("the client hung up within the body") from None
    except zlib.error as error:
        raise InputError([Finding("", f"the body is not gzip, though Content-Encoding says so: {error}")]) from None
    if decoder and not decoder.eof:
        raise InputError([Finding("", "the gzip body ends too early")])
    return bytes(body)


def _decoder(request: Request) -> "zlib._Decompress | None":
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise MediaTypeError(f"the content encoding {encoding!r} is not read here; send gzip or none")
    return zlib.decompressobj(_GZIP) if encoding == "gzip" else None
