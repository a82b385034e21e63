"""Small files of every kind that is taken, and the means to spoil them."""

import io
import struct
import zipfile
import zlib

from django.core.files.base import ContentFile

from tiwizi.documents.content import MEDIA_TYPES

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(40) + bytes.fromhex("ffd9")
WEBP = b"RIFF" + struct.pack("<I", 26) + b"WEBPVP8L" + bytes(18)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0"))
    + _chunk(b"IEND", b"")
)
_MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def zipped(members: dict[str, bytes | str]) -> bytes:
    """An archive with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def office(ending: str, main: str = "", **more: bytes | str) -> bytes:
    """The parts without which an office file is none, and others; `__` in a name stands for a slash."""
    others = {name.replace("__", "/"): data for name, data in more.items()}
    if ending not in _MAIN:
        return zipped({"mimetype": MEDIA_TYPES[ending], "content.xml": "<x/>", **others})
    types = f'<Types><Override ContentType="{main or MEDIA_TYPES[ending] + ".main+xml"}"/></Types>'
    return zipped({"[Content_Types].xml": types, _MAIN[ending]: "<x/>", **others})


GOOD: dict[str, bytes] = {
    "pdf": PDF, "jpg": JPEG, "jpeg": JPEG, "png": PNG, "webp": WEBP, "txt": "Compte rendu à Belfaa".encode(),
    "csv": "commune;élèves\nBelfaa;12\n".encode(),
    **{ending: office(ending) for ending in ("docx", "xlsx", "pptx", "odt", "ods", "odp")},
}  # fmt: skip


def upload(data: bytes = PDF, name: str = "convention.pdf") -> "ContentFile[bytes]":
    """As a form or a loader hands it to a rule."""
    return ContentFile(data, name=name)
