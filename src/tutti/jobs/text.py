"""Text as every database takes it. PostgreSQL refuses NUL, and no database can encode half a character."""

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator


def storable(text: str) -> str:
    """The text with the replacement character for what can't be stored."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


class ShortText(TypeDecorator[str]):
    """A column of text with a length; whatever is written, or asked for, is made storable first."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)
