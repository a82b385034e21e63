"""Translation catalogues without gettext: `python scripts/catalogues.py` compiles each .po that is newer than its .mo."""

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]


def compile_changed() -> int:
    """Compile the catalogues that changed; how many."""
    count = 0
    for source in (ROOT / "tiwizi/locale").glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            count += 1
    return count


if __name__ == "__main__":
    print(f"{compile_changed()} catalogues compiled")
