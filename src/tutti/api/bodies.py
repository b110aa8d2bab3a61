"""Reading a request's body: JSON, plain or gzip, never more than the limit, never longer than the timeout."""

import asyncio
import zlib

from fastapi import Request
from starlette.requests import ClientDisconnect

from tutti.api.context import context_of
from tutti.api.errors import CutOffBodyError, MediaTypeError, SlowBodyError, TooLargeError
from tutti.fleet.errors import Finding, InputError

_MIB = 1024 * 1024
_GZIP = 31  # zlib's window bits for a gzip stream


async def read_body(request: Request) -> bytes:
    """The body, decompressed. The limit counts what was really read: headers may say what they like."""
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
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise MediaTypeError(f"a body of type {media_type!r} is not read here; send application/json")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise MediaTypeError(f"the content encoding {encoding!r} is not read here; send gzip or none")
    return zlib.decompressobj(_GZIP) if encoding == "gzip" else None
