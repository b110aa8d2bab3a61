"""Files that are written whole or not at all, and whose places are tried before the work begins."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from tutti.fleet.errors import Finding, InputError


def try_places(places: Iterable[Path], inputs: Iterable[str]) -> None:
    """Raises InputError if a file can't be written, if two are the same, or if one is an input."""
    findings = []
    taken = {os.path.realpath(name): "is read from; choose another file" for name in inputs if name != "-"}
    for place in places:
        real = os.path.realpath(place)
        trouble = taken.get(real) or _trouble(place)
        if trouble:
            findings.append(Finding(str(place), trouble))
        taken[real] = "is to be written twice; choose two files"
    if findings:
        raise InputError(findings)


def write_whole(place: Path, data: bytes) -> None:
    """Write it under a temporary name and move it into place. Raises InputError if that fails."""
    try:
        _write(place, data)
    except OSError as error:
        raise InputError([Finding(str(place), f"can't be written: {error.strerror or error}")]) from None


def _trouble(place: Path) -> str | None:
    """Why `place` can't be written, found by making a file beside it."""
    try:
        if place.is_dir():
            return "is a directory; name a file in it"
        if place.exists() and not os.access(place, os.W_OK):
            return "is write-protected; choose another file"
        if not _is_special(place):
            temporary = _beside(place)
            temporary.touch(exist_ok=False)
            temporary.unlink()
    except FileNotFoundError:
        return f"can't be written: there is no folder {place.parent}; make it first"
    except OSError as error:
        return f"can't be written: {error.strerror or error}"
    return None


def _write(place: Path, data: bytes) -> None:
    if _is_special(place):
        place.write_bytes(data)
        return
    temporary = _beside(place)
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if place.exists():
            temporary.chmod(stat.S_IMODE(place.stat().st_mode))
        temporary.replace(os.path.realpath(place))
    finally:
        temporary.unlink(missing_ok=True)


def _is_special(place: Path) -> bool:
    """A device or a pipe, which must not be replaced by a file."""
    return place.exists() and not place.is_file()


def _beside(place: Path) -> Path:
    """A temporary name in the folder where the file really is, so that moving it is one step."""
    real = Path(os.path.realpath(place))
    return real.with_name(f".{real.name}.{os.getpid()}.tmp")
