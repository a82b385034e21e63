"""A backup is whole or it is not there; it is believed only as far as its checksums; it restores what was."""

import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.base.installation import Installation, new_database
from tiwizi.base.backup import archive, files
from tiwizi.base.backup.archive import BackupError, Manifest

ADDRESS = os.environ.get("TIWIZI_DATABASE", "")
MANIFEST = Manifest(made_at="2026-11-26T16:00:00+00:00", engine="sqlite", head="0:" + "0" * 64, migrations=[])


# --- The archive ---


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """An archive with a database and two files."""
    database, uploads = tmp_path / "database.sqlite3", tmp_path / "uploads"
    database.write_bytes(os.urandom(5000))
    (uploads / "deep").mkdir(parents=True)
    (uploads / "a.pdf").write_bytes(b"%PDF-1.7")
    (uploads / "deep" / "ⵜⵉⵡⵉⵣⵉ تويزا.txt").write_text("été")
    archive.pack(tmp_path / "backup.tar.gz", MANIFEST, database, uploads)
    return tmp_path / "backup.tar.gz"


def rewritten(path: Path, change) -> Path:  # type: ignore[no-untyped-def]
    """The archive with its members changed: a dictionary of names and contents."""
    with tarfile.open(path) as tar:
        members = {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]
    change(members)
    aim = path.with_name("changed.tar.gz")
    with tarfile.open(aim, "w:gz") as tar:
        for name, content in members.items():
            entry = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            data = b"" if isinstance(content, tarfile.TarInfo) else content
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return aim


def test_what_is_packed_comes_out_again(packed, tmp_path):
    out = tmp_path / "out"
    manifest = archive.unpack(packed, out)
    assert (out / "database.sqlite3").read_bytes() == (tmp_path / "database.sqlite3").read_bytes()
    assert (out / "files" / "deep" / "ⵜⵉⵡⵉⵣⵉ تويزا.txt").read_text() == "été"
    assert [one["name"] for one in manifest.members][:2] == ["database.sqlite3", "files/a.pdf"]
    assert packed.stat().st_mode & 0o777 == 0o600


def link(name: str, kind: bytes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, "../../outside"
    return entry


CHANGES = {
    "a file changed": (lambda m: m.update({"files/a.pdf": b"%PDF-1.8"}), "files/a.pdf is not what"),
    "a file gone": (lambda m: m.pop("files/a.pdf"), "files/a.pdf is missing"),
    "a file added": (lambda m: m.update({"files/b.pdf": b"x"}), "files/b.pdf was added"),
    "the database gone": (lambda m: m.pop("database.sqlite3"), "database.sqlite3 is missing"),
    "the manifest gone": (lambda m: m.pop("manifest.json"), "no manifest"),
    "no manifest inside": (lambda m: m.update({"manifest.json": b"[]"}), "manifest of the backup cannot be read"),
    "a later form": (
        lambda m: m.update({"manifest.json": json.dumps(asdict(MANIFEST) | {"form": "tiwizi-backup-9"}).encode()}),
        "tiwizi-backup-9",
    ),
    "a way out": (lambda m: m.update({"files/../../out": b"x"}), "no backup of ours holds"),
    "an absolute way out": (lambda m: m.update({"/etc/passwd": b"x"}), "no backup of ours holds"),
    "a link": (lambda m: m.update({"files/l": link("files/l", tarfile.SYMTYPE)}), "no backup of ours holds"),
    "a hard link": (lambda m: m.update({"files/l": link("files/l", tarfile.LNKTYPE)}), "no backup of ours holds"),
    "a device": (lambda m: m.update({"files/l": link("files/l", tarfile.CHRTYPE)}), "no backup of ours holds"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_archive_is_refused(packed, tmp_path, what):
    change, sentence = CHANGES[what]
    with pytest.raises(BackupError, match=re.escape(sentence)):
        archive.unpack(rewritten(packed, change), tmp_path / "inside" / "out")
    assert not (tmp_path / "out").exists()


def test_an_archive_cut_or_damaged_anywhere_is_refused(packed, tmp_path):
    whole = packed.read_bytes()
    for n, place in enumerate(range(12, len(whole) - 12, len(whole) // 25)):
        for data in (whole[:place], whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]):
            packed.write_bytes(data)
            with pytest.raises(BackupError):
                archive.unpack(packed, tmp_path / f"out-{n}-{len(data)}")


# --- Uploads during a restore ---


def test_uploads_are_added_before_and_replaced_after_the_database(tmp_path):
    source, target = tmp_path / "source", tmp_path / "files"
    for folder, contents in [
        (source, {"same": "1", "new": "2", "other": "3"}),
        (target, {"same": "1", "other": "x", "left": "y"}),
    ]:
        folder.mkdir()
        for name, text in contents.items():
            (folder / name).write_text(text)
    files.add_new(source, target)
    assert {p.name: p.read_text() for p in target.iterdir()} == {"same": "1", "new": "2", "other": "x", "left": "y"}
    files.replace_rest(source, target)
    assert {p.name: p.read_text() for p in target.iterdir()} == {"same": "1", "new": "2", "other": "3"}
    (aside,) = tmp_path.glob("files-before-restore-*")
    assert {p.name: p.read_text() for p in aside.iterdir()} == {"other": "x", "left": "y"}
    files.replace_rest(source, target)
    assert len(list(tmp_path.glob("files-before-restore-*"))) == 1


# --- The whole story, by the commands, on the engine of this run ---

SEED = """
from tests.factories.cast import make_cast
from tiwizi.plans import rules
cast = make_cast()
rules.set_budget(by=cast.jette_coordinator, plan=cast.plan_jette, pooling_budget_cents=100)
"""
BUDGET = "from tiwizi.plans.models import Plan; print(Plan.objects.get(body__slug='jette-belfaa').pooling_budget_cents)"
SPEND = "from tiwizi.plans.models import Plan; Plan.objects.update(pooling_budget_cents=999)"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """An installation, migrated and filled once, and a copy of it to put back before each test."""
    folder = tmp_path_factory.mktemp("site")
    made = Installation(folder / "var", new_database(ADDRESS, "tiwizi_site") if ADDRESS else "")
    made.manage("migrate", "--verbosity=0")
    made.manage("createcachetable", "--verbosity=0")
    made.python(SEED)
    (made.var / "files").mkdir()
    (made.var / "files" / "accord.pdf").write_bytes(b"%PDF signed")
    shutil.copytree(made.var, folder / "copy")
    if ADDRESS:
        new_database(ADDRESS, "tiwizi_copy", "tiwizi_site")
    yield made
    made.close()


@pytest.fixture
def site(filled) -> Installation:
    shutil.rmtree(filled.var)
    shutil.copytree(filled.var.parent / "copy", filled.var)
    if ADDRESS:
        new_database(ADDRESS, "tiwizi_site", "tiwizi_copy")
    return filled


@pytest.fixture
def empty(tmp_path):
    """Another machine, where nothing was ever entered."""
    made = Installation(tmp_path / "elsewhere", new_database(ADDRESS, "tiwizi_elsewhere") if ADDRESS else "")
    yield made
    made.close()


def one_backup(site: Installation) -> Path:
    (path,) = (site.var / "backups").glob("tiwizi-*")
    return path


@pytest.mark.slow
def test_a_backup_restores_elsewhere_and_in_place_of_what_stands(site, empty):
    said = site.manage("backup")
    path = one_backup(site)
    assert "1 files" in said
    assert "not encrypted" in said
    head = re.search(r"Audit head: (\S+)", said)[1]
    assert head == site.manage("audit", "head").strip()

    said = empty.manage("restore", str(path))
    assert f"up to the head of the backup, {head}" in said
    assert empty.python(BUDGET) == "100"
    assert (empty.var / "files" / "accord.pdf").read_bytes() == b"%PDF signed"

    site.python(SPEND)
    (site.var / "files" / "accord.pdf").write_bytes(b"%PDF other")
    assert "There are data here already" in site.refused("restore", str(path))
    assert site.python(BUDGET) == "999"
    site.manage("restore", str(path), "--replace")
    assert site.python(BUDGET) == "100"
    assert (site.var / "files" / "accord.pdf").read_bytes() == b"%PDF signed"
    # Restored once more: the schema made anew stands in no one's way, and the restore itself is on record.
    site.manage("backup", "--to", str(site.var / "second"))
    (second,) = (site.var / "second").glob("tiwizi-*")
    site.manage("restore", str(second), "--replace")
    acts = "from tiwizi.base.models import AuditEntry as A; print(A.objects.filter(act='restore-backup').count())"
    assert site.python(acts) == "2"
    site.manage("audit", "verify", "--head", head)
    assert sorted(p.name for p in site.var.glob("staging-*")) == []


ADD = """
import hashlib
from django.core.files.base import ContentFile
from tiwizi.accounts.models import User
from tiwizi.documents.models import Document
from tiwizi.documents.rules import add_document, add_version, define_standard_kinds
from tiwizi.network.models import Body
define_standard_kinds()
data = [b"%PDF-1.7 signed" + bytes([n]) * 10_000 + b"%%EOF" for n in range(2)]
body, by = Body.objects.get(slug="jette-belfaa"), User.objects.get(email__startswith="jette")
made = add_document(by=by, body=body, kind="agreement", title="Convention", file=ContentFile(data[0], name="a.pdf"))
add_version(by=by, document=made, file=ContentFile(data[1], name="b.pdf"))
print(*sorted(hashlib.sha256(each).hexdigest() for each in data))
"""
CONTENTS = """
import hashlib
from django.core.files.storage import default_storage
from tiwizi.documents import store
from tiwizi.documents.models import DocumentVersion
found = DocumentVersion.objects.filter(document__title="Convention").values_list("stored__sha256", flat=True)
read = [default_storage.open(store.name_of(one)).read() for one in found]
print(*sorted(hashlib.sha256(each).hexdigest() for each in read))
"""


@pytest.mark.slow
def test_documents_come_back_with_every_version(site, empty):
    contents = site.python(ADD)
    assert len(contents.split()) == 2
    site.manage("backup")
    empty.manage("restore", str(one_backup(site)))
    assert empty.python(CONTENTS) == contents
    assert "All is well." in empty.manage("doctor")
    for path in (empty.var / "files" / "documents").rglob("*"):
        if path.is_file():
            path.write_bytes(b"spoiled")
    assert "All is well." not in empty.refused("doctor")


@pytest.mark.slow
def test_an_encrypted_backup_opens_with_its_key_only(site, tmp_path):
    key, other = tmp_path / "key", tmp_path / "other"
    public = re.search(r"age1\w+", site.manage("backup", "--new-key", str(key)))[0]
    site.manage("backup", "--new-key", str(other))
    assert key.stat().st_mode & 0o777 == 0o600
    assert "encrypted" in site.manage("backup", "--key", public)
    path = one_backup(site)
    content = path.read_bytes()
    assert path.name.endswith(".age")
    assert content.startswith(b"age-encryption.org/v1")
    assert b"manifest" not in content
    assert "--identity" in site.refused("restore", str(path), "--check")
    assert "does not open" in site.refused("restore", str(path), "--check", "--identity", str(other))
    assert "whole" in site.manage("restore", str(path), "--check", "--identity", str(key))
    path.write_bytes(content[: len(content) // 2])
    assert "cannot be read to its end" in site.refused("restore", str(path), "--check", "--identity", str(key))
    assert "no age public key" in site.refused("backup", "--key", "age1wrong")


@pytest.mark.slow
def test_what_cannot_be_restored_leaves_everything_as_it_was(site, tmp_path):
    site.manage("backup")
    path = one_backup(site)
    assert "There is no backup" in site.refused("restore", str(tmp_path / "none"))

    def newer(members):  # type: ignore[no-untyped-def]
        told = json.loads(members["manifest.json"])
        told["migrations"].append(["plans", "0999_future"])
        members["manifest.json"] = json.dumps(told).encode()

    def foreign(members):  # type: ignore[no-untyped-def]
        told = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps(told | {"engine": "oracle"}).encode()

    site.python(SPEND)
    assert "plans.0999_future" in site.refused("restore", str(rewritten(path, newer)), "--replace")
    assert "holds no database" in site.refused("restore", str(rewritten(path, foreign)), "--replace")
    damaged = path.with_name("damaged.tar.gz")
    damaged.write_bytes(path.read_bytes()[:-200])
    assert "was changed" in site.refused("restore", str(damaged), "--replace")
    assert site.python(BUDGET) == "999"


@pytest.mark.slow
@pytest.mark.skipif(bool(ADDRESS), reason="of files")
def test_a_damaged_database_is_put_aside_with_its_journal(site):
    site.manage("backup")
    database = site.var / "tiwizi.sqlite3"
    database.write_bytes(b"no database at all" * 1000)
    (site.var / "tiwizi.sqlite3-journal").write_bytes(b"\xd9\xd5\x05\xf9 a hot journal" * 100)
    site.manage("restore", str(one_backup(site)), "--replace")
    assert site.python(BUDGET) == "100"
    (kept,) = site.var.glob("*before-restore*.sqlite3")
    assert kept.read_bytes().startswith(b"no database")


@pytest.mark.slow
@pytest.mark.skipif(bool(ADDRESS), reason="of files")
def test_a_database_in_use_is_not_replaced(site):
    site.manage("backup")
    user = sqlite3.connect(site.var / "tiwizi.sqlite3", isolation_level=None)
    user.execute("BEGIN IMMEDIATE")
    assert "stop Tiwizi" in site.refused("restore", str(one_backup(site)), "--replace")
    user.execute("ROLLBACK")
    user.close()
    assert "a restore was interrupted" not in site.manage("restore", str(one_backup(site)), "--replace")


@pytest.mark.slow
def test_only_so_many_are_kept_and_what_a_killed_backup_left_is_removed(site):
    folder = site.var / "backups"
    folder.mkdir()
    for name in (
        "tiwizi-20200101T000000Z.tar.gz",
        "tiwizi-20210101T000000Z.tar.gz.age",
        ".tiwizi-x.tar.gz.part",
        "mine.txt",
    ):
        (folder / name).touch()
    (site.var / "staging-dead").mkdir()
    site.manage("backup", "--keep", "2")
    kept = sorted(p.name for p in folder.iterdir())
    assert kept[:2] == ["mine.txt", "tiwizi-20210101T000000Z.tar.gz.age"]
    assert len(kept) == 3
    assert not (site.var / "staging-dead").exists()
    assert "--keep" in site.refused("backup", "--keep", "0")


@pytest.mark.slow
def test_a_missing_program_or_place_is_said(site, tmp_path):
    if ADDRESS:
        code = "import os; os.environ['PATH'] = ''; from django.core.management import call_command as call"
        assert "pg_dump is not installed here" in site.failed(code + "; call('backup')")
    (tmp_path / "file").touch()
    assert "The backup was not made" in site.refused("backup", "--to", str(tmp_path / "file" / "folder"))
