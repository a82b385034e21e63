"""Rooms alike: file names, lengths, the direction of foreign keys, who writes what, refusals and actions tried."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from tests.house.sources import ours, text, tracked
from tiwizi.network.permissions import Action

LONGEST = 400  # lines of a file
ROOMS = [
    "base", "accounts", "network", "documents", "framework", "plans", "indicators", "pooling", "interop", "portal",
]  # fmt: skip

# The files of every room (a file above the length becomes a package of the same name).
HOUSE = {"models", "queries", "rules", "forms", "views", "api", "urls", "admin", "tasks", "apps", "__init__"}
FOLDERS = {"migrations", "templates", "management", "templatetags", "static"}
# What a room has besides, each with its reason.
EXCEPTIONS = {
    "base": {
        "audit": "the trail, written inside each act",
        "backup": "everything into one file, and back",
        "bulk": "many new rows at once",
        "chain": "the trail as a chain of hashes",
        "context": "what every page knows",
        "doctor": "is everything whole",
        "drafts": "a page's form filled with what was typed before",
        "dry_runs": "what an import would change, in figures",
        "errors": "Refusal",
        "fields": "translated text",
        "guards": "triggers that keep the trail append-only",
        "jobs": "the queue",
        "lookups": "hundreds of ids as one parameter",
        "merging": "what of two changes can stand, and what somebody has to choose",
        "middleware": "refusals as pages",
        "personal": "what each room keeps of a person",
        "pictures": "drawings of every room",
        "reading": "what a page asks several times is asked once",
        "tables": "a table as CSV and as a workbook, streamed",
        "todo": "what each room answers to the home page",
        "wording": "amounts and days as the reader writes them",
    },
    "accounts": {
        "adapter": "how the sign-in library behaves",
        "demo": "the demo's password",
        "devices": "who signed in here before, so that strangers lock out only themselves",
        "mail": "letters in the reader's language",
        "personal": "what is kept of a person's account",
        "middleware": "the reader's language",
    },
    "framework": {"histories": "how its trail is told"},
    "network": {
        "archives": "what was taken away and can come back, found by each room",
        "histories": "the story of any audited object, told by what each room registers",
        "handover": "what every room says to somebody who takes a body over",
        "hangings": "what a body that closes would leave open, told by every room",
        "merges": "the page on which a person chooses between two changes",
        "middleware": "a second factor where a role needs it",
        "pages": "the frame of a body's pages",
        "passwords": "words of the programme in passwords",
        "personal": "what is kept of a person in the network",
        "pictures": "bodies on a map",
        "places": "public lists of communes and enterprise numbers",
        "permissions": "who may do what, on one page",
        "todo": "roles that end soon; above the permissions, which stand above the queries",
    },
    "documents": {
        "content": "what an uploaded file is, by its content",
        "doctor": "what must hold between rows and files",
        "handover": "its part of the hand-over sheet",
        "histories": "how its trail is told",
        "store": "contents on the disk, whole or not at all",
    },
    "plans": {
        "archives": "its activities that were taken out",
        "doctor": "what must hold between rows",
        "hangings": "what a closing body leaves open",
        "handover": "its part of the hand-over sheet",
        "histories": "how its trail is told",
        "timelines": "activities as a picture",
    },
    "pooling": {
        "archives": "its decisions that were lifted",
        "doctor": "what must hold between rows",
        "hangings": "what a closing body leaves open",
        "handover": "its part of the hand-over sheet",
        "histories": "how its trail is told",
        "pictures": "proposals on a map and a timeline",
    },
    "indicators": {
        "archives": "its evidence that was taken away",
        "doctor": "totals computed again, and what must hold between rows",
        "handover": "its part of the hand-over sheet",
        "hangings": "what a closing body leaves open",
        "histories": "how its trail is told",
    },
    "portal": {
        "open_data": "public figures as rows for machines",
        "pictures": "a body's coming months, a programme as everybody sees it",
    },
}
# A door to formats has one module per format and step, under names of its own.
FREE = {"interop"}
VAGUE = {"utils", "helpers", "common", "services", "core", "misc", "tools", "lib"}


def _rank(room: str) -> int:
    """How high a room stands, from the layers that import-linter checks."""
    contracts = tomllib.loads(text(Path("pyproject.toml")))["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["name"] == "Rooms look down only")
    return next(-place for place, layer in enumerate(layers) if room in re.findall(r"\w+", layer))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_the_files_of_the_house(room):
    names = {path.parts[2] for path in tracked() if path.parts[:2] == ("tiwizi", room)}
    modules = {name.removesuffix(".py") for name in names}
    allowed = HOUSE | FOLDERS | set(EXCEPTIONS.get(room, {}))
    strange = (modules & VAGUE) if room in FREE else modules - allowed
    assert sorted(strange) == []


def test_every_room_is_listed_and_tested():
    rooms = {path.parts[1] for path in tracked() if path.parts[0] == "tiwizi" and len(path.parts) > 2}
    assert rooms - {"config", "locale"} == set(ROOMS)
    folders = {path.parts[1] for path in tracked() if path.parts[0] == "tests" and path.name.startswith("test_")}
    assert sorted(set(ROOMS) - folders) == []


def test_no_file_grows_long():
    lengths = {str(path): len(text(path).splitlines()) for path in ours(".py", ".html", ".css", ".sh")}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_foreign_keys_point_down():
    up = []
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("tiwizi."):
            continue
        for field in model._meta.get_fields():
            target = field.related_model if field.concrete and field.is_relation else None
            if target is None or not target.__module__.startswith("tiwizi."):
                continue
            if _rank(target._meta.app_label) > _rank(model._meta.app_label):
                up.append(f"{model.__name__}.{field.name} -> {target._meta.label}")
    assert up == []
    assert _rank("pooling") > _rank("plans") > _rank("network") > _rank("base")


# --- Who writes: rules only, and only their own room's tables ---

WRITES = {"create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update", "delete", "save"}
# Where a write is no act of a person.
MAY_WRITE = (
    "rules",
    "base/audit.py",
    "base/chain.py",
    "base/jobs.py",
    "accounts/models.py",
    "management/",
    "migrations/",
)


def _python(*under: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in ours(".py"):
        if path.parts[0] in under:
            yield path, ast.parse(text(path))


def _room_models(tree: ast.Module, room: str) -> dict[str, str]:
    """Names of tables that a module imports from other rooms, with their room."""
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        house, _, place = (node.module or "").partition(".")
        other, _, module = place.partition(".")
        if (house, module) == ("tiwizi", "models") and other != room:
            found |= {alias.asname or alias.name: other for alias in node.names}
    return found


def _root_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _manager_writes(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Calls such as `Plan.objects.filter(...).update(...)`, with the table's name."""
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in WRITES and ".objects" in ast.unparse(called):
            yield _root_name(called), node


def test_a_room_writes_only_its_own_tables():
    found = []
    for path, tree in _python("tiwizi"):
        others = _room_models(tree, path.parts[1])
        found += [f"{path}:{call.lineno} {name}" for name, call in _manager_writes(tree) if name in others]
    assert found == []


def test_only_rules_write():
    found = []
    for path, tree in _python("tiwizi"):
        if any(part in path.as_posix() for part in MAY_WRITE):
            continue
        found += [f"{path}:{call.lineno} {name}" for name, call in _manager_writes(tree)]
        found += [
            f"{path}:{node.lineno} {ast.unparse(node.func)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save"
            if len(node.args) == 0 or path.parts[1] not in FREE  # a file into a stream is no row of a table
        ]
    assert found == []


def test_nobody_catches_everything():
    """One place may: the worker, which must note whatever a job dies of."""
    found = []
    for path, tree in _python("tiwizi", "tiwizi_engine", "scripts"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                again = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in node.body)
                if caught in {"everything", "Exception", "BaseException"} and not again:
                    found.append(path.as_posix())
    assert found == ["tiwizi/base/jobs.py"]


# --- Refusals and actions ---


def _refusal_codes() -> dict[str, str]:
    """Each code that the code can raise, with a place; a code that is not written out is a fault."""
    codes = {"changed-meanwhile": "tiwizi/base/errors.py"}
    for path, tree in _python("tiwizi"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Refusal":
                given = node.args[:1] or [k.value for k in node.keywords if k.arg == "code"]
                if ast.unparse(given[0]).endswith("refusal.code"):
                    continue  # a refusal told again with more words
                assert isinstance(given[0], ast.Constant), f"{path}:{node.lineno}: write the code out"
                codes[str(given[0].value)] = f"{path}:{node.lineno}"
    return codes


def _tested_words() -> set[str]:
    words = set()
    for path, tree in _python("tests"):
        if path.parts[1] != "house":
            words |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return words


def test_every_refusal_is_tested():
    codes, words = _refusal_codes(), _tested_words()
    assert len(codes) > 30
    assert {code: place for code, place in codes.items() if code not in words} == {}


def test_refusal_codes_are_words_with_hyphens():
    assert [code for code in _refusal_codes() if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)] == []


def test_every_action_is_asked_by_some_rule_or_page():
    asked = "".join(text(p) for p in ours(".py") if p.parts[0] == "tiwizi" and p.name != "permissions.py")
    assert [action.name for action in Action if f"Action.{action.name}" not in asked] == []


def test_every_rule_names_its_actor_by_keyword():
    """An act of a person says `by=`; acts of the system say so in their docstring."""
    wrong = []
    for path, tree in _python("tiwizi"):
        if "rules" not in path.as_posix().removesuffix(".py").split("/"):
            continue
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            writes = any("atomic" in ast.unparse(d) for d in node.decorator_list)
            named = "by" in {a.arg for a in node.args.kwonlyargs}
            system = "system" in (ast.get_docstring(node) or "")
            if writes and (node.args.args or not (named or system)):
                wrong.append(f"{path}:{node.lineno} {node.name}")
    assert wrong == []


def test_every_public_rule_and_query_is_described():
    """What one line says needs no second one."""
    bare = []
    for path, tree in _python("tiwizi"):
        if not {"rules", "queries", "permissions"} & set(path.with_suffix("").parts):
            continue
        bare += [
            f"{path}:{node.lineno} {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if len(node.body) > 1 and not ast.get_docstring(node)
        ]
    assert bare == []
