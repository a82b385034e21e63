"""Whatever is recorded can be read: each kind of object, each act and each field has its words and its page."""

from tests.house.world import World
from tiwizi.base.models import AuditEntry
from tiwizi.network import histories

# A person's own account is its own page; the trail tells of itself in its own entries.
ELSEWHERE = {"accounts.user", "base.auditentry", "base.audithead"}
# For machines: ids and seeds that say nothing to a reader.
SILENT = {"import", "seed", "new", "name", "parts", "radius_km", "slug", "sha256", "bodies", "previous"}


def test_every_recorded_act_and_field_has_words(world: World):
    bare = set()
    for entry in AuditEntry.objects.exclude(object_type__in=ELSEWHERE):
        kind = histories.kinds().get(entry.object_type)
        if kind is None:
            bare.add(entry.object_type)
            continue
        if entry.act not in kind.acts:
            bare.add(f"{entry.object_type} {entry.act}")
        said = {**(entry.before or {}), **(entry.after or {})}
        bare |= {f"{entry.object_type} {name}" for name in said if name not in kind.labels and name not in SILENT}
    assert sorted(bare) == []


def test_every_story_can_be_told(world: World):
    kinds = histories.kinds()
    told = set()
    for code, pk in AuditEntry.objects.exclude(object_type__in=ELSEWHERE).values_list("object_type", "object_id"):
        obj = histories.find(code, pk)
        if obj is not None and code not in told:
            assert histories.story(obj)
            assert all(kinds[code].address(obj, body).startswith("/") for body in kinds[code].bodies(obj))
            told.add(code)
    assert len(told) >= 4
