"""How a runner and its solver process send each other messages: of those that wait, the newest of each kind."""

from tutti.execution.messages import Moment, Report, Request
from tutti.sender import Sender


class MessageSender(Sender):
    """A sender of the messages of this room; a better plan, a better bound and progress are kinds of their own."""

    def send_message(self, message: Report | Request) -> None:
        """Have it sent after those that wait already. Whoever reads the pipe sees it if the other end is gone."""
        self.send(message.event if isinstance(message, Moment) else message.kind, message.encoded())
