"""Titles as plain words: one spelling for what people write in several, in Latin, Arabic and Tifinagh letters."""

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache

# What a title says stands at its beginning; a text pasted into the field must not slow everybody's search.
MOST_CHARACTERS = 400

# Marks above and below letters (among them the hamza that decomposition sets free), tatweel, invisible signs.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SAME = str.maketrans(
    {"ٱ": "ا", "ى": "ي", "ة": "ه", "گ": "ك", "ڭ": "ك", "ݣ": "ك", "œ": "oe", "æ": "ae"}
    | {chr(zero + k): str(k) for zero in (0x660, 0x6F0) for k in range(10)}
)
_WORD = re.compile(r"[^\W_]+")
# The article and the small words written in one with what follows (the prefixes of Larkey, Ballesteros and
# Connell's light stemmer; Larkey 2002), when a word of three letters remains.
_ARABIC_PREFIX = re.compile(r"^(?:[وفبك]?ال|لل|و)(?=\w{3})")


def words(title: str) -> tuple[str, ...]:
    """The words of a title in their order, each in its plain spelling; only the first `MOST_CHARACTERS` are read.

    >>> words("L’École : appui aux Éducatrices")
    ('l', 'ecole', 'appui', 'aux', 'educatrice')
    """
    return tuple(map(plain, _WORD.findall(spelled(title[:MOST_CHARACTERS]))))


def as_written(title: str, wanted: Container[str]) -> tuple[str, ...]:
    """The words of a title whose plain spelling is wanted, each once, as they stand there."""
    written = _WORD.findall(unicodedata.normalize("NFC", title[:MOST_CHARACTERS]))
    return tuple(dict.fromkeys(one for one in written if any(word in wanted for word in words(one))))


def spelled(text: str) -> str:
    """Without case, accents and vowel marks; one form of alef, ya, ta marbuta and kaf; one kind of digits."""
    return _DROPPED.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_SAME)


@lru_cache(maxsize=1 << 16)
def plain(word: str) -> str:
    """Without the plural's last letter, and in Arabic without the article."""
    if word[0] >= "\u0600":
        return _ARABIC_PREFIX.sub("", word)
    return word[:-1] if len(word) > 4 and word[-1] in "sx" and word[-2] != "s" else word
