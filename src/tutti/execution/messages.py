"""What the runner and its solver process say to each other: one JSON object a message, checked on arrival."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from tutti.sender import Sender

Sentence = Annotated[str, AfterValidator(lambda text: text.encode(errors="replace").decode())]
"""What people are told. A name in it may have half of a surrogate pair, which a message can't hold."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def encoded(self) -> bytes:
        """As it goes over the pipe."""
        return self.model_dump_json().encode()


class Solve(_Message):
    """Plan this. content: the request's JSON text; initial: the document of a plan to start from, JSON text.

    soft_limit_s: most seconds of solving, of which earlier attempts have used spent_s. plan_interval_s: least seconds
    between two BestPlan reports. cores: how many processes solve it together. with_schedule: whether the answer is
    asked for in the kept shape, too.
    """

    kind: Literal["solve"] = "solve"
    content: str
    initial: str | None = None
    soft_limit_s: float
    spent_s: float = 0.0
    plan_interval_s: float
    cores: int = 1
    with_schedule: bool = False


class Stop(_Message):
    """End soon and answer with the best plan."""

    kind: Literal["stop"] = "stop"
    reason: str


class Moment(_Message):
    """How far it is; event says whether this is a better plan, a better bound, or neither. Seconds of solving.

    cost, bound_cost: None where costs are not given.
    """

    kind: Literal["moment"] = "moment"
    event: Literal["incumbent", "bound", "progress"]
    phase: str
    seconds: float
    buses: int
    deadhead_min: int
    bound_buses: int
    bound_deadhead_min: int | None
    gap: float | None
    cost: int | None = None
    bound_cost: int | None = None

    def progress(self, spent_s: float) -> dict[str, Any]:
        """As the job store keeps it: with a share of 100, and the seconds of earlier attempts added."""
        percent = 0 if self.gap is None else min(99, round(100 * (1 - self.gap)))
        numbers = self.model_dump(exclude={"kind", "event", "seconds"})
        if self.cost is None:
            numbers = {name: value for name, value in numbers.items() if name not in ("cost", "bound_cost")}
        return {**numbers, "percent": percent, "seconds": round(spent_s + self.seconds, 3)}


class BestPlan(_Message):
    """The best plan so far as a document, JSON text, at these seconds of solving."""

    kind: Literal["best_plan"] = "best_plan"
    document: str
    seconds: float


class Warned(_Message):
    """Something is otherwise than it should be, though solving goes on: a sentence."""

    kind: Literal["warned"] = "warned"
    message: Sentence


class Finished(_Message):
    """The answer: the plan document, JSON text, its certificate's status and where the solve stood at its end.

    schedule: the plan as {"schedule", "stats"}, JSON text, if that was asked for and there is one. reasons: why there
    is no plan, sentences; `last` is None then. limit_s: the most seconds that it might have taken.
    """

    kind: Literal["finished"] = "finished"
    status: str
    document: str
    last: Moment | None
    schedule: str | None = None
    reasons: tuple[Sentence, ...] = ()
    seconds: float
    limit_s: float | None = None


class Refused(_Message):
    """There will be no answer: a word for programs and a sentence."""

    kind: Literal["refused"] = "refused"
    code: str
    message: Sentence


Request = Annotated[Solve | Stop, Field(discriminator="kind")]
Report = Annotated[Moment | BestPlan | Warned | Finished | Refused, Field(discriminator="kind")]

requests: TypeAdapter[Solve | Stop] = TypeAdapter(Request)
reports: TypeAdapter[Moment | BestPlan | Warned | Finished | Refused] = TypeAdapter(Report)


class MessageSender(Sender):
    """A sender of these; a better plan, a better bound and progress are kinds of their own."""

    def send_message(self, message: Report | Request) -> None:
        """Have it sent after those that wait already. Whoever reads the pipe sees it if the other end is gone."""
        self.send(message.event if isinstance(message, Moment) else message.kind, message.encoded())
