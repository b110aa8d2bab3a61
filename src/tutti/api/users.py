"""Who may use the API: a folder with a file for each user, which has the user's name and holds the password."""

import logging
import re
from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from tutti.fleet.errors import Finding, InputError

logger = logging.getLogger(__name__)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")  # no colon, at which basic credentials end the name
_LEAST = 15  # characters that NIST SP 800-63B-4 asks of a password by itself; nothing here slows down who guesses
_MOST_BYTES = 1024


@dataclass(frozen=True, slots=True)
class User:
    """A name, and digests of what the user may send: comparing them tells nothing by the time that it takes.

    One round of SHA-256, for each request needs one: what slow digests protect is in the folder anyway.
    """

    name: str
    digests: tuple[bytes, ...]


class Users:
    """Those whom the folder names now. InputError if it names nobody who can be let in."""

    def __init__(self, folder: Path) -> None:
        users, findings = read_users(folder)
        if not users:
            raise InputError(findings)
        self._folder = folder
        self._users: list[User] = []
        self._findings: list[Finding] = []
        self._take(users, findings)

    def __len__(self) -> int:
        return len(self._users)

    def read_again(self) -> None:
        """Take over what has changed in the folder; nobody stays in who is not there any more."""
        self._take(*read_users(self._folder))

    def sent_by(self, authorization: str) -> str | None:
        """The name of the user whose `Authorization` header this is; None: nobody's."""
        digest = sha256(_sent(authorization)).digest()
        return next(
            (user.name for user in self._users if any(compare_digest(digest, own) for own in user.digests)), None
        )

    def _take(self, users: list[User], findings: list[Finding]) -> None:
        if users != self._users:
            logger.info("users of the service: %s", ", ".join(user.name for user in users) or "none")
        for finding in findings:
            if finding not in self._findings:
                logger.warning("a user stays out: %s", finding)
        self._users, self._findings = users, findings


def files_of(folder: Path) -> list[Path]:
    """What is there for users, by name. OSError if there is no such folder.

    Names that begin with a dot are passed over: Kubernetes mounts a Secret by links to files in such folders.
    """
    return sorted(file for file in folder.iterdir() if not file.name.startswith("."))


def read_users(folder: Path) -> tuple[list[User], list[Finding]]:
    """Those whom the folder names, and why others stay out; at least one finding if it names nobody."""
    users: list[User] = []
    findings: list[Finding] = []
    try:
        files = files_of(folder)
    except OSError as error:
        return [], [Finding(str(folder), f"the users can't be read ({error.strerror}); name their folder, a file each")]
    for file in files:
        try:
            users.append(_read(file, users))
        except InputError as error:
            findings += error.findings
    if not files:
        findings.append(Finding(str(folder), "names no user; put a file there for each, with the password in it"))
    return users, findings


def _read(file: Path, others: Sequence[User]) -> User:
    """The user of a file. InputError if nobody can be let in by it."""
    if not _NAME.fullmatch(file.name):
        raise _out(file, "is no name of a user; take up to 64 of A-Z a-z 0-9 . _ @ + -, a letter or digit first")
    try:
        if not file.is_file():
            raise _out(file, "is no file; make it one with the user's password in it")
        with file.open("rb") as opened:
            password = opened.read(_MOST_BYTES + 1).strip()
    except OSError as error:
        raise _out(file, f"can't be read ({error.strerror}); let the service read it") from None
    if not _LEAST <= len(password) <= _MOST_BYTES or min(password) < 32:
        message = f"has no password of {_LEAST} to {_MOST_BYTES} characters in one line"
        raise _out(file, f"{message}; `openssl rand -hex 24` makes one")
    basic = sha256(b"basic " + file.name.encode() + b":" + password).digest()
    bearer = sha256(b"bearer " + password).digest()
    for other in others:
        if bearer in other.digests:
            raise _out(file, f"has the password of {other.name}; give each user another one")
    return User(file.name, (basic, bearer))


def _out(file: Path, why: str) -> InputError:
    return InputError([Finding(str(file), why)])


def _sent(authorization: str) -> bytes:
    """`basic NAME:PASSWORD` or `bearer PASSWORD`; empty if it is neither."""
    scheme, _, given = authorization.partition(" ")
    match scheme.lower():
        case "basic":
            with suppress(ValueError):  # it is no base64
                return b"basic " + b64decode(given.strip(), validate=True)
        case "bearer":
            return b"bearer " + given.strip().encode("latin-1")  # as Starlette decodes what a header has
    return b""
