"""What must hold between documents and their files; that each file is what was stored is asked for all rooms."""

from collections.abc import Iterator

from django.db.models import Count, F, Max

from tiwizi.base.doctor import examines
from tiwizi.documents import store
from tiwizi.documents.models import Document, StoredFile


@examines("Every document has its versions, from the first to the latest")
def versions() -> Iterator[str]:
    counted = Document.objects.order_by().annotate(count=Count("versions"), last=Max("versions__number"))
    for document in counted.filter(count=0):
        yield f"The document {document} ({document.pk}) has no file."
    for document in counted.exclude(count=0).exclude(count=F("last")):
        yield f"The document {document} ({document.pk}) misses versions: {document.count} of {document.last} are there."


@examines("Every stored file stands under its checksum")
def places() -> Iterator[str]:
    for stored in StoredFile.objects.iterator(chunk_size=500):
        if stored.file.name != store.name_of(stored.sha256):
            yield f"The file {stored.file.name} does not stand where its checksum says."
        elif not store.is_there(stored.sha256, stored.size):
            yield f"The file {stored.file.name} is gone or has not {stored.size} bytes."


@examines("No file is left over")
def leftovers() -> Iterator[str]:
    """A killed upload leaves a part, an act that was undone a whole file; neither is named by anything."""
    named = set(StoredFile.objects.values_list("sha256", flat=True))
    left = [path for sha256, path in store.leftovers() if sha256 not in named]
    if left:
        yield f"{len(left)} files are named by nothing, such as {left[0].name}: run manage.py tidy_files."
