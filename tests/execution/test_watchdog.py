from tutti.execution.watchdog import Watchdog


def looks(watchdog: Watchdog, count: int, *, free: bool = True, waiting: bool = True, taken: int = 0) -> bool:
    found = [watchdog.deaf(free=free, waiting=waiting, taken=taken) for _ in range(count)]
    return any(found)


def test_messages_that_wait_long_beside_a_free_slot_tell_that_the_worker_is_deaf() -> None:
    watchdog = Watchdog(5)
    assert not looks(watchdog, 5)
    assert looks(watchdog, 1)


def test_messages_that_wait_for_a_slot_tell_nothing() -> None:
    assert not looks(Watchdog(5), 20, free=False)


def test_an_idle_worker_is_not_deaf() -> None:
    assert not looks(Watchdog(5), 20, waiting=False)


def test_a_worker_that_takes_messages_is_not_deaf() -> None:
    watchdog = Watchdog(5)
    assert not any(looks(watchdog, 3, taken=taken) for taken in range(10))
