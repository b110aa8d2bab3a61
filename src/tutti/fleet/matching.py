"""Who gets which name, nobody two and no name twice, so that what all these pairs weigh together is most."""

from collections.abc import Mapping
from heapq import heappop, heappush

_Place = tuple[str, int]
"""A name and _NAME; or no name and the number of who may stay without one, as a place that nobody else can take."""

_NAME = -1


def heaviest_matching(weights: Mapping[tuple[int, str], int]) -> dict[int, str]:
    """The names by number. weights: what each pair weighs that may be, above 0.

    The Hungarian method: one number after another gets a place, along the cheapest chain of exchanges. Exact.
    """
    matching = _Matching()
    for (number, name), weight in weights.items():
        matching.choices.setdefault(number, {("", number): 0})[name, _NAME] = weight
    for number in matching.choices:
        matching.add(number)
    return {number: name for (name, kind), number in matching.owner.items() if kind == _NAME}


class _Matching:
    """choices: what each place weighs for each number. owner: who has it. price: what it takes to outbid that one."""

    def __init__(self) -> None:
        self.choices: dict[int, dict[_Place, int]] = {}
        self.owner: dict[_Place, int] = {}
        self._place_of: dict[int, _Place] = {}
        self._price: dict[_Place, int] = {}

    def add(self, number: int) -> None:
        """Give that number a place; those who lose theirs by it get others, so that all have most together."""
        by: dict[_Place, int] = {}
        lost: dict[_Place, int] = {}
        heap: list[tuple[int, int, _Place]] = []
        place, total = None, 0
        while place is None or place in self.owner:
            asking = number if place is None else self.owner[place]
            gains = {each: weight - self._price.get(each, 0) for each, weight in self.choices[asking].items()}
            most = max(gains.values())
            for each, gain in gains.items():
                heappush(heap, (total + most - gain, -asking, each))  # of as good ones the last to come loses
            while place is None or place in by:
                total, last, place = heappop(heap)
            by[place], lost[place] = -last, total
        for each, least in lost.items():
            self._price[each] = self._price.get(each, 0) + total - least
        self._hand_over(place, by)

    def _hand_over(self, place: _Place | None, by: Mapping[_Place, int]) -> None:
        """Give a free place to who asked for it, that one's own place to who asked for that, and so on."""
        while place is not None:
            asking = by[place]
            left = self._place_of.get(asking)
            self.owner[place], self._place_of[asking] = asking, place
            place = left
