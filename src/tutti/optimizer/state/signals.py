"""How a stage is left from any depth: exceptions that are no errors."""


class Stopped(Exception):  # noqa: N818  # a signal, not an error
    """Raised by `Search.poll` to leave every stage at once; its text is the reason."""


class LinksEnd(Exception):  # noqa: N818  # a signal, not an error
    """Raised by `Search.poll` to leave the stages of links: what is open is so because of limits of whole blocks."""


class Refuted(Exception):  # noqa: N818  # a signal, not an error
    """Raised by `Search.refute`: there is no plan at all; its text says why."""
