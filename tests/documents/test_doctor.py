import os
import time
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from tests.factories.files import upload
from tiwizi.base import doctor
from tiwizi.documents import rules, store
from tiwizi.documents.models import DocumentVersion, StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.VAR = tmp_path
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": options}


def faults() -> list[str]:
    return [sentence for found in doctor.examine() for sentence in found.faults]


def path_of(stored: StoredFile) -> Path:
    return Path(default_storage.path(stored.file.name))


@pytest.fixture
def stored(cast) -> StoredFile:
    return rules.add_document(by=None, body=cast.jette, kind="report", title="Rapport", file=upload()).latest.stored


def test_nothing_is_wrong_with_a_document(stored):
    assert faults() == []


def test_a_changed_file_a_lost_one_and_a_wrong_place(stored):
    path_of(stored).write_bytes(b"x" * stored.size)
    assert any("its checksum differs" in one for one in faults())
    path_of(stored).write_bytes(b"x")
    assert any(f"has not {stored.size} bytes" in one for one in faults())
    path_of(stored).unlink()
    assert any("is gone" in one for one in faults())
    StoredFile.objects.update(file="documents/aa/other")
    assert any("does not stand where its checksum says" in one for one in faults())


def test_a_document_without_its_versions(stored):
    DocumentVersion.objects.update(number=2)
    assert any("misses versions: 1 of 2" in one for one in faults())
    DocumentVersion.objects.all().delete()
    assert any("has no file" in one for one in faults())


def test_what_a_killed_upload_left_is_told_and_removed(stored, capsys):
    part = path_of(stored).with_name(f".{stored.sha256}.12ab{store.PART}")
    whole = path_of(stored).with_name("a" * 64)
    for path in (part, whole):
        path.write_bytes(b"%PDF")
    assert faults() == [], "somebody may still be writing them"
    late = time.time() - store.FORGOTTEN - 1
    for path in (part, whole, path_of(stored)):
        os.utime(path, (late, late))
    assert any(one.startswith("2 files are named by nothing") for one in faults())
    call_command("tidy_files")
    assert capsys.readouterr().out == "2 files removed.\n"
    assert not part.exists()
    assert not whole.exists()
    assert path_of(stored).exists()
    assert StoredFile.objects.count() == 1
    assert faults() == []
