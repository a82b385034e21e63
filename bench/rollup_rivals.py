"""The same totals as others would make them: recursive SQL with DISTINCT, and pandas with merges.

They take flat tables: fact, fact_body, part (a category of a breakdown), member, grouping. A row of the answer is left
out where a latest indicator has a fact, but nothing that was reported yet and nothing silent: rivals are spared it.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import psycopg

TABLES = ("fact", "fact_body", "part", "member", "grouping", "epoch")
COLUMNS = {
    "fact": "id INTEGER, indicator INTEGER, period INTEGER, how TEXT, value DOUBLE PRECISION, below DOUBLE PRECISION",
    "fact_body": "fact INTEGER, body INTEGER",
    "part": "fact INTEGER, category INTEGER, value DOUBLE PRECISION",
    "member": "fact INTEGER, member INTEGER",
    "grouping_": "body INTEGER, above INTEGER, first INTEGER, last INTEGER",
    "epoch": "epoch INTEGER, period INTEGER",
}
INDEXES = [
    "CREATE INDEX body_of ON fact_body (fact, body)",
    "CREATE INDEX part_of ON part (fact)",
    "CREATE INDEX member_of ON member (fact)",
]
# What counts in which period: a latest value in each until its own bodies report another.
PIECES = """
CREATE TEMP TABLE piece AS
WITH whose AS ({whose}),
said AS (
    SELECT f.id, f.indicator, f.period, w.bodies,
           ROW_NUMBER() OVER (PARTITION BY w.bodies, f.indicator, f.period ORDER BY f.id DESC) AS n
    FROM fact f JOIN whose w ON w.fact = f.id WHERE f.value IS NOT NULL),
last AS (
    SELECT id, indicator, period, LEAD(period) OVER (PARTITION BY bodies, indicator ORDER BY period) AS until
    FROM said WHERE n = 1)
SELECT id, indicator, period, value, below FROM fact WHERE how <> 'latest' OR value IS NULL
UNION ALL
SELECT f.id, f.indicator, e.period, f.value, f.below
FROM last l JOIN fact f ON f.id = l.id JOIN epoch e ON e.period >= l.period AND e.period < COALESCE(l.until, 1000)
"""
IN_ORDER = "string_agg(CAST(b.body AS TEXT), ',' ORDER BY b.body)"
WHOSE = (
    "SELECT b.fact, {joined} AS bodies FROM fact_body b JOIN fact f ON f.id = b.fact"
    " WHERE f.how = 'latest' GROUP BY b.fact"
)
SQL = [
    """CREATE TEMP TABLE up AS
    WITH RECURSIVE walk(epoch, body, above) AS (
        SELECT DISTINCT e.epoch, b.body, b.body FROM epoch e CROSS JOIN (SELECT DISTINCT body FROM fact_body) b
        UNION
        SELECT w.epoch, w.body, g.above FROM walk w
        JOIN grouping_ g ON g.body = w.above
        JOIN (SELECT epoch, MIN(period) AS starts FROM epoch GROUP BY epoch) e
          ON e.epoch = w.epoch AND e.starts BETWEEN g.first AND g.last)
    SELECT epoch, body, above FROM walk""",
    "CREATE INDEX up_of ON up (body, epoch)",
    """CREATE TEMP TABLE reach AS
    SELECT DISTINCT p.id, p.indicator, p.period, p.value, p.below, u.above
    FROM piece p JOIN fact_body b ON b.fact = p.id JOIN epoch e ON e.period = p.period
    JOIN up u ON u.body = b.body AND u.epoch = e.epoch""",
    """CREATE TEMP TABLE answer AS
    SELECT above, indicator, period, SUM(CASE WHEN below IS NULL THEN value END) AS value, COUNT(value) AS counted,
           COUNT(*) - COUNT(value) AS silent, SUM(value) / NULLIF(SUM(below), 0) AS ratio,
           AVG(value) AS mean, MAX(value) AS largest
    FROM reach GROUP BY above, indicator, period""",
    """CREATE TEMP TABLE details AS
    SELECT r.above, r.indicator, r.period, p.category, SUM(p.value) AS value
    FROM reach r JOIN part p ON p.fact = r.id GROUP BY r.above, r.indicator, r.period, p.category""",
    """CREATE TEMP TABLE heads AS
    SELECT r.above, r.indicator, r.period, COUNT(DISTINCT m.member) AS members
    FROM reach r JOIN member m ON m.fact = r.id GROUP BY r.above, r.indicator, r.period""",
]
SUMS = [
    "SELECT COUNT(*), SUM(counted), SUM(silent) FROM answer",
    "SELECT COUNT(*), SUM(value) FROM details",
    "SELECT SUM(members) FROM heads",
]


def _run(execute: Callable[[str], Any], joined: str) -> dict[str, Any]:
    began, busy = time.perf_counter(), time.process_time()
    execute(PIECES.format(whose=WHOSE.format(joined=joined)))
    for one in SQL:
        execute(one)
    took = {"seconds": time.perf_counter() - began, "busy": time.process_time() - busy}
    return took | {"sums": [float(x or 0) for one in SUMS for x in execute(one).fetchone()]}


def _tables(folder: Path) -> dict[str, pd.DataFrame]:
    return {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES}


def sqlite(folder: Path) -> dict[str, Any]:
    base = sqlite3.connect(":memory:")
    base.execute("PRAGMA temp_store = MEMORY")
    base.execute("PRAGMA cache_size = -2000000")
    for name, table in zip(COLUMNS, _tables(folder).values(), strict=True):
        base.execute(f"CREATE TABLE {name} ({COLUMNS[name]})")
        marks = ", ".join("?" * len(table.columns))
        base.executemany(f"INSERT INTO {name} VALUES ({marks})", _plain(table))
    base.execute("CREATE UNIQUE INDEX fact_id ON fact (id)")
    for one in [*INDEXES, "ANALYZE"]:
        base.execute(one)
    # The bodies of a fact stand in order in the index.
    return _run(base.execute, "group_concat(b.body)")


def postgresql(folder: Path, address: str) -> dict[str, Any]:
    with psycopg.connect(address, autocommit=True) as base:
        for name, table in zip(COLUMNS, _tables(folder).values(), strict=True):
            base.execute(f"CREATE UNLOGGED TABLE {name} ({COLUMNS[name]})")
            with base.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                for row in _plain(table):
                    copy.write_row(row)
        for one in [*INDEXES, "CREATE UNIQUE INDEX fact_id ON fact (id)", "ANALYZE", "SET work_mem = '1GB'"]:
            base.execute(one)
        base.execute("SET temp_buffers = '1GB'")
        found = _run(base.execute, IN_ORDER)
        del found["busy"]  # the server works, not this process
        return found


def _plain(table: pd.DataFrame) -> Any:
    columns = [column.astype(object).where(column.notna(), None).tolist() for _, column in table.items()]
    return zip(*columns, strict=True)


def duck(folder: Path) -> dict[str, Any]:
    base = duckdb.connect()
    for name, source in zip(COLUMNS, TABLES, strict=True):
        base.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{folder / source}.parquet')")
    return _run(base.execute, IN_ORDER)


def pandas(folder: Path) -> dict[str, Any]:
    tables = _tables(folder)
    began, busy = time.perf_counter(), time.process_time()
    answer, details, heads = _merged(tables)
    took = {"seconds": time.perf_counter() - began, "busy": time.process_time() - busy}
    sums = [len(answer), answer.counted.sum(), answer.silent.sum(), len(details), details.sum(), heads.sum()]
    return took | {"sums": [float(one) for one in sums]}


def _merged(tables: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, Any, Any]:
    fact, bodies = tables["fact"], tables["fact_body"]
    pieces = pd.concat([fact[(fact.how != "latest") | fact.value.isna()], _taken(fact, bodies, tables["epoch"])])
    where = pieces.merge(bodies, left_on="id", right_on="fact").merge(tables["epoch"], on="period")
    reach = where.merge(_up(tables), on=["epoch", "body"]).drop_duplicates(["id", "period", "above"])
    place = ["above", "indicator", "period"]
    groups = reach.groupby(place)
    answer = groups.agg(
        value=("value", "sum"), counted=("value", "count"), all=("id", "size"), below=("below", "sum"),
        mean=("value", "mean"), largest=("value", "max"),
    )  # fmt: skip
    answer["silent"] = answer["all"] - answer.counted
    answer["ratio"] = answer.value / answer.below.where(answer.below != 0)
    short = reach[["id", *place]]
    parts = short.merge(tables["part"], left_on="id", right_on="fact")
    details = parts.groupby([*place, "category"])["value"].sum()
    members = short.merge(tables["member"], left_on="id", right_on="fact")
    return answer, details, members.groupby(place)["member"].nunique()


def _taken(fact: pd.DataFrame, bodies: pd.DataFrame, epoch: pd.DataFrame) -> pd.DataFrame:
    latest = fact[(fact.how == "latest") & fact.value.notna()]
    own = bodies[bodies.fact.isin(latest.id)].sort_values(["fact", "body"])
    key = own.assign(body=own.body.astype(str)).groupby("fact")["body"].agg(",".join)
    latest = latest.assign(bodies=latest.id.map(key)).sort_values("id")
    latest = latest.drop_duplicates(["bodies", "indicator", "period"], keep="last").sort_values("period")
    latest["until"] = latest.groupby(["bodies", "indicator"])["period"].shift(-1).fillna(np.inf)
    every = latest.rename(columns={"period": "since"}).merge(epoch[["period"]], how="cross")
    return every[(every.period >= every.since) & (every.period < every.until)][fact.columns]


def _up(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    found = []
    for epoch, periods in tables["epoch"].groupby("epoch")["period"]:
        start = periods.min()
        links = tables["grouping"]
        valid = links[(links["first"] <= start) & (links["last"] >= start)][["body", "above"]]
        walk = pd.DataFrame({"body": tables["fact_body"].body.unique()}).assign(above=lambda one: one.body)
        step = walk
        while len(step):
            step = step.merge(valid.rename(columns={"body": "above", "above": "next"}), on="above")
            step = step[["body", "next"]].rename(columns={"next": "above"}).drop_duplicates()
            walk = pd.concat([walk, step])
        found.append(walk.drop_duplicates().assign(epoch=epoch))
    return pd.concat(found)
