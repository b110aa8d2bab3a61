import httpx

from tutti.cluster.idle_first import ANNOTATION, BUSY, IDLE, IdleFirst


class Pod:
    def __init__(self) -> None:
        self.written: list[str] = []
        self.refusing = False

    def annotate(self, name: str, value: str) -> None:
        assert name == ANNOTATION
        if self.refusing:
            raise httpx.ConnectError("nobody there")
        self.written.append(value)


def after(*running: int) -> list[str]:
    pod = Pod()
    idle_first = IdleFirst(pod.annotate)
    for jobs in running:
        idle_first.look(jobs)
    return pod.written


def test_a_pod_says_at_once_that_it_is_busy() -> None:
    assert after(0, 1) == [IDLE, BUSY]


def test_what_an_earlier_container_of_the_pod_said_is_put_right() -> None:
    assert after(0) == [IDLE]


def test_a_busy_pod_says_so_once() -> None:
    assert after(*[1, 2] * 20) == [BUSY]


def test_short_jobs_one_after_the_other_are_one_busy_time() -> None:
    assert after(*[1, 0, 0, 0, 0] * 10) == [BUSY]


def test_a_pod_without_a_job_for_a_while_is_idle() -> None:
    assert after(1, *[0] * 9) == [BUSY]
    assert after(1, *[0] * 10) == [BUSY, IDLE]


def test_what_could_not_be_said_is_said_later() -> None:
    pod = Pod()
    idle_first = IdleFirst(pod.annotate)
    pod.refusing = True
    idle_first.look(1)
    pod.refusing = False
    for _ in range(11):
        idle_first.look(1)
    assert pod.written == [BUSY]
