"""Translation catalogues.

`compile` needs no gettext and compiles each .po that is newer than its .mo; `extract` collects the sentences of the
code into every .po (needs gettext); `check` says what is missing, fuzzy, or has lost a placeholder.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("fr", "nl", "en", "ar")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")


def catalogue_file(language: str, root: Path = ROOT) -> Path:
    return root / "tiwizi/locale" / language / "LC_MESSAGES/django.po"


def compile_changed(root: Path = ROOT) -> int:
    """Compile the catalogues that changed; how many."""
    count = 0
    for source in (root / "tiwizi/locale").glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            count += 1
    return count


def extract(root: Path = ROOT) -> None:
    """Collect every sentence of the code under `root` into its catalogues. Without line numbers: they churn."""
    for language in LANGUAGES:
        catalogue_file(language, root).parent.mkdir(parents=True, exist_ok=True)
    # The stock command, started beside a manage.py of the same tree.
    options = ["--add-location=file", "--no-wrap"]
    options += [f"--locale={language}" for language in LANGUAGES]
    options += [f"--ignore={folder}" for folder in (".venv", "var", "node_modules", "tests", "scripts")]
    done = subprocess.run(
        [sys.executable, str(root / "manage.py"), "makemessages", *options],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TIWIZI_SECRET_KEY": "only-to-collect-sentences"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"Collecting the sentences failed:\n{done.stdout}{done.stderr}")
    _english_is_itself(catalogue_file("en", root))
    for language in LANGUAGES:  # one layout, whichever tool wrote last: gettext and polib break lines differently
        polib.pofile(str(catalogue_file(language, root)), wrapwidth=0).save()


def _english_is_itself(file: Path) -> None:
    """The code is written in English: what nobody worded otherwise is its own translation."""
    catalogue = polib.pofile(str(file), wrapwidth=0)
    for entry in [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]:
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]  # gettext's guess after a changed sentence
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        else:
            entry.msgstr = entry.msgid
    catalogue.save()


def extracted_sentences() -> set[str]:
    """Every sentence that the code asks to translate today, from a copy of the tree."""
    with tempfile.TemporaryDirectory(prefix="tiwizi-messages-") as folder:
        copy = Path(folder)
        shutil.copytree(
            ROOT / "tiwizi", copy / "tiwizi", ignore=shutil.ignore_patterns("vendor", "__pycache__", "*.po")
        )
        shutil.copy(ROOT / "manage.py", copy)
        extract(copy)
        return {entry.msgid for entry in polib.pofile(str(catalogue_file("fr", copy)))}


def faults(language: str, expected: set[str]) -> list[str]:
    """What is wrong with a catalogue, one sentence each; nothing when it is complete."""
    file = catalogue_file(language)
    if not file.exists():
        return [f"{language}: there is no catalogue; run: make messages"]
    catalogue = polib.pofile(str(file))
    entries = [entry for entry in catalogue if not entry.obsolete]
    forms = _number_of_forms(catalogue)
    known = {entry.msgid for entry in entries}
    found = [f"{language}: not in the catalogue (make messages): {text!r}" for text in sorted(expected - known)]
    found += [f"{language}: no longer in the code (make messages): {text!r}" for text in sorted(known - expected)]
    for entry in entries:
        found += [f"{language}: {fault}: {entry.msgid!r}" for fault in _entry_faults(entry, forms)]
    return found


def _number_of_forms(catalogue: polib.POFile) -> int:
    return int(re.findall(r"nplurals *= *(\d+)", catalogue.metadata.get("Plural-Forms", "nplurals=2"))[0])


def _entry_faults(entry: polib.POEntry, forms: int) -> list[str]:
    texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
    if not all(texts):
        return ["not translated"]
    if entry.msgid_plural and len(texts) != forms:
        return [f"{len(texts)} plural forms instead of {forms}"]
    if entry.fuzzy:
        return ["fuzzy"]
    if entry.msgid_plural:
        # One form may say "one" in words; some form must carry every placeholder, none may invent one.
        allowed = _placeholders(entry.msgid) | _placeholders(entry.msgid_plural)
        given = [_placeholders(text) for text in texts]
        right = all(form <= allowed for form in given) and any(form == allowed for form in given)
    else:
        right = _placeholders(entry.msgid) == _placeholders(entry.msgstr)
    return [] if right else ["placeholders differ"]


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text)) - {"%%"}


def check() -> list[str]:
    """Every fault of every catalogue."""
    expected = extracted_sentences()
    return [fault for language in LANGUAGES for fault in faults(language, expected)]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["compile"]:
            print(f"{compile_changed()} catalogues compiled")
        case ["extract"]:
            extract()
        case ["check"]:
            sys.exit("\n".join(check()) or None)
        case _:
            sys.exit(__doc__)
