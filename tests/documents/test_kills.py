"""Uploads that are killed in their middle: what was answered is there whole, what was not leaves nothing behind."""

import os
import random
import signal
import time

import pytest

from tests.base.installation import Installation

ADDING = """
import hashlib, os
from django.core.files.base import ContentFile
from tiwizi.documents.rules import add_document
from tiwizi.network.models import Body
body = Body.objects.get()
for number in range(500):
    data = b"%PDF-1.7" + os.urandom(3_000_000) + b"%%EOF"
    add_document(by=None, body=body, kind="report", title=str(number), file=ContentFile(data, name="a.pdf"))
    print(hashlib.sha256(data).hexdigest(), flush=True)
"""
FOUNDING = """
from tiwizi.network import rules
kind = rules.define_body_kind(code="programme", rank=0, name={"fr": "Programme"})
rules.found_body(by=None, slug="programme", kind=kind, name={"fr": "Programme"}, wholes=[])
"""
KEPT = "from tiwizi.documents.models import StoredFile; print(*StoredFile.objects.values_list('sha256', flat=True))"
TIDY = """
from tiwizi.documents import rules, store
store.FORGOTTEN = -1
rules.remove_leftovers()
"""


@pytest.mark.slow
@pytest.mark.skipif(bool(os.environ.get("TIWIZI_DATABASE")), reason="the order of file and row is the same")
def test_killed_uploads_lose_nothing_and_leave_nothing(tmp_path):
    site = Installation(tmp_path / "var")
    chance = random.Random(4)
    try:
        site.manage("migrate", "--verbosity", "0")
        site.python(FOUNDING)
        answered: set[str] = set()
        for _kill in range(int(os.environ.get("TIWIZI_KILLS", "8"))):
            child = site.start(code=ADDING)
            time.sleep(0.3 + chance.random() * 0.6)
            child.kill(signal.SIGKILL)
            assert child.wait() == -signal.SIGKILL
            answered |= {line for line in child.said.split("\n")[:-1] if len(line) == 64}
        kept = set(site.python(KEPT).split())
        assert answered
        assert answered <= kept
        assert "All is well." in site.manage("doctor")
        site.python(TIDY)
        folder = tmp_path / "var" / "files" / "documents"
        assert {path.name for path in folder.rglob("*") if path.is_file()} == kept
    finally:
        site.close()
