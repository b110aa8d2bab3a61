"""What the log says of something that is away, for as long as it is."""

import logging


class Trouble:
    """Logs each sentence of an outage once, else an hour's outage would be thousands of lines; and when it is over."""

    def __init__(self, logger: logging.Logger, who: str) -> None:
        self._logger = logger
        self._who = who
        self._told: set[str] = set()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._told)

    def is_met(self, what: str) -> None:
        """Say so, by the first line, unless that was said before in this outage."""
        sentence = what.partition("\n")[0]
        if sentence not in self._told:
            self._logger.warning("%s: %s (`tutti doctor` says what to change)", self._who, sentence)
        self._told.add(sentence)

    def is_over(self) -> None:
        """Say so, if there was any."""
        if self._told:
            self._logger.warning("%s: works again", self._who)
        self._told.clear()
