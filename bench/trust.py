"""What trust costs: recording acts with several writers, sealing, verifying, examining, backing up, restoring.

`python bench/trust.py [entries]`: a long trail, each entry with its words; `python bench/trust.py programme`: the
programme of `make seed-large`. SQLite, and PostgreSQL by `scripts/postgres.py`.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import postgres  # noqa: E402

from bench.calibration import Row, calibrate, keep  # noqa: E402
from tests.base.installation import Installation, new_database  # noqa: E402

FILES, FILE_BYTES = 200, 250_000
# Acts of several people on plans of their own: each records, changes its own row, and thinks for 5 ms in between.
# `after` is how Tiwizi does it; `inside` chains within the act, with the head locked until it commits.
ACTS = """
import json, threading, time
from django.db import connection, transaction
from tiwizi.base import audit, chain
from tiwizi.base.models import AuditEntry, AuditHead, Job
AuditHead.objects.get_or_create(pk=1, defaults={"number": 0, "seal": chain.BEGINNING})

def after(job):
    with transaction.atomic():
        audit.record("change", job, by=None, before={"title": "Avant"}, after={"title": "Après"})
        time.sleep(0.005)
        Job.objects.filter(pk=job.pk).update(stage="x")

def inside(job):
    with transaction.atomic():
        end = AuditHead.objects.select_for_update().get(pk=1)
        entry = audit.record("change", job, by=None, before={"title": "Avant"}, after={"title": "Après"})
        seal = chain.seal_of(end.seal, end.number + 1, entry)
        with connection.cursor() as cursor:
            place = [end.number + 1, seal, entry.pk]
            cursor.execute("UPDATE base_auditentry SET number = %s, seal = %s WHERE id = %s", place)
        AuditHead.objects.filter(pk=1).update(number=end.number + 1, seal=seal)
        time.sleep(0.005)
        Job.objects.filter(pk=job.pk).update(stage="x")

def rate(act, writers, seconds=2):
    done = [0] * writers
    until = time.monotonic() + seconds
    def write(k):
        job = Job.objects.create(kind="bench", state="done")
        while time.monotonic() < until:
            act(job)
            done[k] += 1
        connection.close()
    threads = [threading.Thread(target=write, args=[k]) for k in range(writers)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return round(sum(done) / seconds, 1)

rows = []
for w in (1, 4, 8):
    rows.append([w, rate(after, w), 0])
    chain.seal_waiting()  # what waits would stand before what is chained inside
    rows[-1][2] = rate(inside, w)
print(json.dumps(rows))
"""
FILL = """
from django.db import connection
from tiwizi.base import chain
from tiwizi.base.models import AuditEntry, AuditWords
last = (AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
for start in range(last, last + {count}, 5000):
    salt, ids = "0" * 32, range(start, min(start + 5000, last + {count}))
    texts = {{k: chain.words_text("Raison", {{"cost_cents": k}}, {{"cost_cents": k + 1, "title": "Été"}}) for k in ids}}
    AuditEntry.objects.bulk_create(AuditEntry(pk=k, act="change-activity", object_type="plans.activity",
        object_id=str(k % 1000), words_digest=chain.words_digest(salt, texts[k])) for k in ids)
    AuditWords.objects.bulk_create(AuditWords(entry_id=k, salt=salt, text=texts[k]) for k in ids)
if connection.vendor == "postgresql":
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('base_auditentry', 'id'), %s)", [last + {count}])
"""


def measure(var: Path, address: str, count: int) -> tuple[list[Row], list[Row]]:
    """Writers, and the commands on a trail of so many entries."""
    site = Installation(var / engine_of(address), address)
    site.manage("migrate", "--verbosity=0")
    site.manage("createcachetable", "--verbosity=0")
    writers = [
        {"engine": engine_of(address), "writers": n, "acts/s, sealed after": after, "acts/s, chained inside": inside}
        for n, after, inside in json.loads(site.python(ACTS))
    ]
    site.python(FILL.format(count=count))
    folder = site.var / "files"
    folder.mkdir()
    block = bytes(range(250)) * 1000
    for k in range(FILES):
        (folder / f"{k}.pdf").write_bytes(block[k:FILE_BYTES] + block[:k])
    return writers, commands(site, var, address)


def measure_programme(var: Path, address: str) -> list[Row]:
    """The commands on the large programme: 300 plans, 1,000 indicators, 500,000 measurements."""
    site = Installation(var / engine_of(address), address)
    site.manage("migrate", "--verbosity=0")
    site.manage("createcachetable", "--verbosity=0")
    site.manage("seed_large")
    return commands(site, var, address)


def engine_of(address: str) -> str:
    return "PostgreSQL" if address else "SQLite"


def commands(site: Installation, var: Path, address: str) -> list[Row]:
    """Each command on what this installation holds, restored into another one; both are closed."""
    name = engine_of(address)
    other = Installation(var / f"{name} elsewhere", new_database(address, "tiwizi_trust_other") if address else "")
    rows: list[Row] = []

    def timed(what: str, *command: str, on: Installation = site) -> None:
        began = time.perf_counter()
        on.manage(*command)
        rows.append({"engine": name, "command": what, "seconds": round(time.perf_counter() - began, 2), "MB": ""})

    timed("audit seal, all of them", "audit", "seal")
    timed("audit verify", "audit", "verify")
    timed("backup", "backup")
    (path,) = (site.var / "backups").glob("tiwizi-*")
    rows[-1]["MB"] = round(path.stat().st_size / 1e6, 1)
    public = site.manage("backup", "--new-key", str(var / f"{name}.key")).split(": ")[1].splitlines()[0]
    timed("backup, encrypted", "backup", "--key", public)
    timed("restore --check", "restore", str(path), "--check")
    timed("restore, chain verified", "restore", str(path), on=other)
    timed("restore --replace, chain verified", "restore", str(path), "--replace", on=other)
    timed("doctor", "doctor")
    site.close()
    other.close()
    return rows


def main() -> None:
    chosen, unit = (sys.argv[1:] or ["500000"])[0], calibrate()
    with tempfile.TemporaryDirectory() as folder, postgres.server() as address:
        given = new_database(address, "tiwizi_trust")
        if chosen == "programme":
            rows = [*measure_programme(Path(folder), ""), *measure_programme(Path(folder), given)]
            tables = {"Commands": rows}
        else:
            writers, rows = measure(Path(folder), "", int(chosen))
            more_writers, more_rows = measure(Path(folder), given, int(chosen))
            rows += more_rows
            tables = {"Several writers": writers + more_writers, "Commands": rows}
    for row in rows:
        row["loops"] = round(row["seconds"] / unit, 2)
    without_waiting = "PostgreSQL runs without fsync here, SQLite with it."
    if chosen == "programme":
        notes = [f"The programme of `make seed-large`: 500,000 measurements. {without_waiting}"]
        keep("trust-programme", "Trust: backup, restore, doctor of a large programme", notes, unit, tables)
        return
    notes = [
        f"A trail of {int(chosen):,} entries with their words, {FILES} files of {FILE_BYTES // 1000} kB."
        f" {without_waiting}",
        "Writers: each records an act on a row of its own and thinks for 5 ms inside its transaction.",
    ]
    keep("trust", "Trust: audit chain, backup, restore, doctor", notes, unit, tables)


if __name__ == "__main__":
    main()
