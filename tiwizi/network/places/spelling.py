"""Names as they are compared and as they are heard: one place is written in four alphabets and many spellings."""

import re

from tiwizi.network.queries import folded

# Tifinagh as it is transcribed into Latin letters; emphatic letters as the plain ones.
_TIFINAGH = str.maketrans({
    "ⴰ": "a", "ⴱ": "b", "ⴳ": "g", "ⴷ": "d", "ⴹ": "d", "ⴻ": "", "ⴼ": "f", "ⴽ": "k", "ⵀ": "h", "ⵃ": "h", "ⵄ": "",
    "ⵅ": "kh", "ⵇ": "k", "ⵉ": "i", "ⵊ": "j", "ⵍ": "l", "ⵎ": "m", "ⵏ": "n", "ⵓ": "ou", "ⵔ": "r", "ⵕ": "r", "ⵖ": "gh",
    "ⵙ": "s", "ⵚ": "s", "ⵛ": "ch", "ⵜ": "t", "ⵟ": "t", "ⵡ": "w", "ⵢ": "i", "ⵣ": "z", "ⵥ": "z", "ⵯ": "",
})  # fmt: skip
_ARABIC = str.maketrans({"ة": "ه", "ى": "ي", "ـ": "", "ک": "ك"})
_DASHES = str.maketrans({"’": "'", "–": "-", "—": "-", "-": " "})
_SOUNDS = (
    ("ou", "u"), ("oe", "u"), ("ch", "x"), ("sh", "x"), ("gh", "g"), ("kh", "h"), ("dj", "j"), ("ph", "f"), ("ck", "k"),
    ("q", "k"), ("c", "k"), ("w", "u"), ("o", "u"), ("y", "i"), ("e", ""),
)  # fmt: skip


def alike(text: str) -> str:
    """A name without accents, capitals, hyphens; Arabic letters that are written for one another are one."""
    return " ".join(folded(text).translate(_ARABIC).translate(_DASHES).split())


def heard(text: str) -> str:
    """How a name sounds, roughly: ⵡⴰⵔⵣⴰⵣⴰⵜ and Ouarzazate are one, Taroudannt and Taroudant too."""
    sound = re.sub(r"[^\w]", "", alike(text.translate(_TIFINAGH)))
    for letters, heard_as in _SOUNDS:
        sound = sound.replace(letters, heard_as)
    return re.sub(r"(.)\1+", r"\1", sound)
