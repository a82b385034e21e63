"""What an uploaded file is, by its content: its name and what a browser said of it are believed in nothing.

A name must end as one of the kinds that the installation takes, and the content must be of that kind. Office files are
archives: they are opened, within limits, and what can run by itself is refused.
"""

import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from tiwizi.base.errors import Refusal

MOST_BYTES_INSIDE = 300 * 1024 * 1024  # what an office file may unpack to
MOST_MEMBERS = 5000
MOST_TIMES = 200  # what a member of some size may unpack to, as a multiple; texts of office files reach 20 to 50
_SMALL = 1024 * 1024  # members below this are no bomb, however well they were packed
LONGEST_NAME = 150
_HEAD = 8192
_TAIL = 2048
_CHUNK = 1 << 16
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

# By how a name ends: what the content then is. A kind that is not here cannot be taken, whatever the setting says.
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "odt": f"{_OPEN}text",
    "ods": f"{_OPEN}spreadsheet",
    "odp": f"{_OPEN}presentation",
}
# The part without which an office file is none.
_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_MACROS = re.compile(
    r"(^|/)(vbaproject\.bin|vbadata\.xml|macrosheets/.*|activex/.*|basic/.*|scripts/.*)$", re.IGNORECASE
)
# Letters that turn the direction of a name ("fdp.exe" shown as "exe.pdf"); joiners are part of Arabic and Tifinagh.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Examined:
    """What was found."""

    name: str
    media_type: str
    size: int
    sha256: str


def allowed() -> list[str]:
    """How the names of files may end here, in the order in which they are told."""
    return [ending for ending in MEDIA_TYPES if ending in settings.DOCUMENT_KINDS]


def examine(file: "File[bytes]") -> Examined:
    """Read a file to its end and say what it is, or raise a `Refusal` that says what to do. Refused: `file-empty`,
    `file-too-large`, `file-name-refused`, `file-kind-refused`, `file-not-what-it-says`, `file-damaged`,
    `file-locked`, `file-has-macros`, `file-too-large-inside`."""
    name = clean_name(file.name or "")
    ending = name.rpartition(".")[2].lower()
    if ending not in allowed():
        sentence = _("Files of this kind are not taken: %(name)s.") % {"name": name}
        hint = _("Give one of: %(endings)s.") % {"endings": ", ".join(allowed())}
        raise Refusal("file-kind-refused", sentence, hint, field="file")
    size, sha256 = _measured(file)
    _CHECKS.get(ending, _check_office)(file, ending)
    file.seek(0)
    return Examined(name, MEDIA_TYPES[ending], size, sha256)


def clean_name(said: str) -> str:
    """A name to show and to give back: one line, no folder, nothing that turns its direction; every script survives.

    A name with a folder or a NUL in it comes from no file chooser: refused.
    """
    if re.search(r"[/\\\x00]", said) or said in {"", ".", ".."}:
        hint = _("Rename the file with letters and numbers, then choose it again.")
        raise Refusal("file-name-refused", _("A file cannot have this name."), hint, field="file")
    name = _TURNING.sub("", unicodedata.normalize("NFC", said))
    name = "".join(" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in name)
    name = " ".join(name.split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not stem.strip(". "):
        hint = _("Rename the file so that its name ends with its kind, such as report.pdf.")
        raise Refusal("file-name-refused", _("This name does not say what kind of file it is."), hint, field="file")
    return stem[: LONGEST_NAME - len(ending) - 1].rstrip(". ") + dot + ending


def _measured(file: "File[bytes]") -> tuple[int, str]:
    """Size and checksum, counted and not believed."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > settings.DOCUMENT_MAX_BYTES:
            most = settings.DOCUMENT_MAX_BYTES // (1024 * 1024)
            hint = _("Make it smaller, for example by scanning in grey at 150 dpi, or split it.")
            sentence = _("This file is too large: %(most)s MB at most.") % {"most": most}
            raise Refusal("file-too-large", sentence, hint, field="file")
        digest.update(chunk)
    if not size:
        raise Refusal("file-empty", _("This file is empty."), _("Check it, then choose it again."), field="file")
    return size, digest.hexdigest()


def _other(ending: str) -> Refusal:
    sentence = _("This file ends in .%(ending)s, but its content is something else.") % {"ending": ending}
    hint = _("Open it with its program, save it as the kind that you want, then choose it again.")
    return Refusal("file-not-what-it-says", sentence, hint, field="file")


def _damaged() -> Refusal:
    sentence = _("This file is damaged: it cannot be read to its end.")
    return Refusal("file-damaged", sentence, _("Open it with its program and save it again."), field="file")


def _ends(file: "File[bytes]") -> tuple[bytes, bytes]:
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0, io.SEEK_END)
    file.seek(max(0, file.tell() - _TAIL))
    return head, file.read(_TAIL)


def _check_magic(file: "File[bytes]", ending: str) -> None:
    """Pictures and PDF: they begin as what they say, and end so where their format has an end."""
    head, tail = _ends(file)
    try:
        found = {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        found = set()
    if MEDIA_TYPES[ending] not in found or not _BEGINS[ending](head):
        raise _other(ending)
    if not _COMPLETE[ending](tail):
        raise _damaged()


# A library looks for marks anywhere; a reader that trusts its first bytes must meet them there.
_BEGINS: dict[str, Callable[[bytes], bool]] = {
    "pdf": lambda head: head.startswith(b"%PDF-"),
    "jpg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR",
    "webp": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
}
_BEGINS["jpeg"] = _BEGINS["jpg"]
_COMPLETE: dict[str, Callable[[bytes], bool]] = {
    "pdf": lambda tail: b"%%EOF" in tail,
    "png": lambda tail: tail.endswith(b"IEND\xaeB`\x82"),
    "jpg": lambda tail: True,  # telephones write more behind the end of a picture
    "jpeg": lambda tail: True,
    "webp": lambda tail: True,
}


def _check_text(file: "File[bytes]", ending: str) -> None:
    """Text is UTF-8 without control characters, and no markup: a page or a drawing may carry a script."""
    file.seek(0)
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = _("Save it as UTF-8 (“CSV UTF-8” in Excel), then choose it again.")
        sentence = _("This text is not written in UTF-8.")
        raise Refusal("file-not-what-it-says", sentence, hint, field="file") from error
    if re.search("[\x00-\x08\x0e-\x1f]", text) or text.lstrip()[:1] == "<":
        raise _other(ending)


def _check_office(file: "File[bytes]", ending: str) -> None:
    """An office file is an archive from its first byte, of a bearable size, whole, and runs nothing by itself."""
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        raise _locked_or_other(file, ending)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_members(members)
            if not _is_office(archive, ending):
                raise _other(ending)
            if archive.testzip() is not None:  # unpacks each member, never beyond the size that it declares
                raise _damaged()
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _damaged() from error


def _locked_or_other(file: "File[bytes]", ending: str) -> Refusal:
    """Office keeps a file with a password in a container of old, in which nothing can be checked."""
    head, _tail = _ends(file)
    if not head.startswith(bytes.fromhex("D0CF11E0A1B11AE1")):
        return _other(ending)
    file.seek(0)
    return _locked() if "EncryptedPackage".encode("utf-16-le") in file.read() else _other(ending)


def _locked() -> Refusal:
    sentence = _("This file is closed with a password, so nobody here can check or read it.")
    return Refusal("file-locked", sentence, _("Save it without a password, then choose it again."), field="file")


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
        raise _damaged()
    if len(set(names)) != len(names) or min(member.header_offset for member in members) != 0:
        raise _damaged()
    if any(member.flag_bits & 1 for member in members):
        raise _locked()
    if any(_MACROS.search(name) for name in names):
        hint = _("Save it without macros (.docx, .xlsx, .odt), then choose it again.")
        raise Refusal("file-has-macros", _("This file holds macros, which can run by themselves."), hint, field="file")
    packed_tight = any(m.file_size > _SMALL and m.file_size > MOST_TIMES * max(1, m.compress_size) for m in members)
    if packed_tight or len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_BYTES_INSIDE:
        hint = _("Open it with its program and save it again, or save it as PDF.")
        raise Refusal("file-too-large-inside", _("This file unpacks to far too much."), hint, field="file")


def _is_office(archive: zipfile.ZipFile, ending: str) -> bool:
    names = set(archive.namelist())
    if ending not in _MAIN_PART:
        return "content.xml" in names and "mimetype" in names and _text_of(archive, "mimetype") == MEDIA_TYPES[ending]
    # A template or a file with macros has the same parts; what it is stands in its list of types.
    types = _text_of(archive, "[Content_Types].xml") if "[Content_Types].xml" in names else ""
    return _MAIN_PART[ending] in names and f"{MEDIA_TYPES[ending]}.main+xml" in types


def _text_of(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as part:
        return part.read(_SMALL).decode("utf-8", "replace").strip()


_CHECKS: dict[str, Callable[["File[bytes]", str], None]] = {
    **dict.fromkeys(["pdf", "jpg", "jpeg", "png", "webp"], _check_magic),
    **dict.fromkeys(["txt", "csv"], _check_text),
}
