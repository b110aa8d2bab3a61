"""Texts that people take for the same though they are not."""

import unicodedata

_CYRILLIC, _GREEK = "авекмнорстухіј", "αβεζηικμνορτυχ"  # that they look like Latin is the point
_LATIN = str.maketrans(_CYRILLIC + _GREEK, "abekmhopctyxij" + "abezhikmnoptyx")  # as their capitals look
_UNSEEN = "Cf"  # the category of characters that only say how others are written, such as a joiner


def looks(text: str) -> str:
    """What a text looks like to people: the same for texts that differ in case, in blanks at their ends or their
    number, in the width of letters, or in Cyrillic and Greek letters that are like Latin ones.
    """
    seen = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != _UNSEEN)
    return " ".join(seen.casefold().translate(_LATIN).split())
