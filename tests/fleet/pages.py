"""Reads HTML pages back as a browser would take them apart."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "input", "rect", "path", "link", "img", "br"}


@dataclass
class Element:
    """A tag with its attributes, its parent, and the text within it and its children."""

    tag: str
    attributes: dict[str, str]
    parents: tuple["Element", ...]
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class Page(HTMLParser):
    """All elements of a page, in its order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        assert not self._open, f"not closed: {[element.tag for element in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)

    def all(self, tag: str, within: str | None = None) -> list[Element]:
        """Elements with the tag, perhaps only those inside the element with the id `within`."""
        return [
            element
            for element in self.elements
            if element.tag == tag
            and (within is None or any(parent.attributes.get("id") == within for parent in element.parents))
        ]
