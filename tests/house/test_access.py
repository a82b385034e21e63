"""The security matrix: every address of Tiwizi, by every method, tried by everybody.

The addresses come from the URL configuration and the roles from `permissions.ROLES`, so a new page without a line in
`addresses.py`, and a new role, cannot be forgotten. Who must get in is computed from the one action that the line
names: whoever holds it by a role in the body or lent by its holder; who holds it elsewhere only to read what a
programme shares. Everybody else is refused, and nothing is written.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Max
from django.http.cookie import SimpleCookie
from django.test import Client
from django.test.client import ClientHandler, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from tests.conftest import just_entered
from tests.factories.cast import person
from tests.house.addresses import ADDRESSES, OF_PARTNERS, Address, address_names
from tests.house.world import World
from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry
from tiwizi.network.models import Delegation, Mandate
from tiwizi.network.permissions import ROLES, Action

NAMES = address_names()
REFUSED = {403, 404}
# What the sign-in library answers to a method that a page has not: it takes a PUT as a POST, and asks for its token.
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS")
HARMLESS = {200, 302, 400, 403, 404, 405, 429}


@dataclass
class Person:
    """Who tries, and what follows from it: the actions held where the address is, and those held beside."""

    title: str
    cookies: SimpleCookie = field(repr=False)
    at: str = ""  # the body in which, and below which, the actions are held; "": another part of the programme
    actions: frozenset[Action] = frozenset()
    member: bool = True  # holds some role in the programme today
    cast_name: str = ""

    def must_get_in(self, asked: Action, at: str, held: bool) -> bool:
        if asked is Action.READ and not held:
            return self.member
        if asked in OF_PARTNERS and at == "souss" and self.at == "jette":
            return asked in self.actions
        reaches = self.at == at or (self.at, at) in {("souss", "jette"), ("programme", "jette"), ("programme", "souss")}
        return reaches and asked in self.actions


def _cookies(user: User | None) -> SimpleCookie:
    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        just_entered(client, user)
    return client.cookies


def _people(world: World) -> Iterator[Person]:
    """Each role held in Jette-Belfaa, in its group, and in a partnership of another group; and the special ones."""
    yesterday, today = timezone.localdate() - timedelta(days=1), timezone.localdate()
    for place, body in [("jette", world.cast.jette), ("souss", world.cast.souss), ("", world.cast.schaerbeek)]:
        for code, role in ROLES.items():
            user = person(f"{code}-{place or 'beside'}", code, code, body)
            yield Person(f"{code} at {place or 'a neighbour'}", _cookies(user), place, role.actions)
    whole = ROLES["programme_coordinator"].actions
    user = person("whole", "Coordination", "programme_coordinator", world.cast.programme)
    yield Person("programme_coordinator at the programme", _cookies(user), "programme", whole, cast_name="whole")
    coordinator = ROLES["coordinator_north"].actions
    expired = person("expired", "Expiré")
    Mandate.objects.create(user=expired, body=world.cast.jette, role="programme_coordinator", end=yesterday)
    yield Person("whose mandate expired", _cookies(expired), member=False)
    lent = person("lent", "Remplaçante")
    Delegation.objects.create(mandate=world.mandate, user=lent, start=today, end=today)
    yield Person("who was lent a role", _cookies(lent), "jette", coordinator)
    was_lent = person("was-lent", "Ancien remplaçant")
    Delegation.objects.create(mandate=world.mandate, user=was_lent, start=yesterday, end=yesterday)
    yield Person("who was lent a role until yesterday", _cookies(was_lent), member=False)
    taken = person("taken", "Rendu")
    Delegation.objects.create(mandate=world.mandate, user=taken, start=today, end=today, revoked_at=timezone.now())
    yield Person("whose lent role was taken back", _cookies(taken), member=False)
    yield Person("stranger", _cookies(world.cast.stranger), member=False)
    yield Person("owner", _cookies(world.cast.jette_coordinator), "jette", coordinator, cast_name="jette_coordinator")
    animator = ROLES["animator"].actions
    yield Person("animator of the round", _cookies(world.cast.animator), "souss", animator, cast_name="animator")


@pytest.fixture(scope="module")
def everybody(whole_world: World, django_db_blocker: Any) -> list[Person]:
    with django_db_blocker.unblock():
        return list(_people(whole_world))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals are no news for a log."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


TRIED = {"requests": 0, "people": 0}


# The site itself, without the test client: it copies what each template was given, at half of the time.
SITE = ClientHandler(enforce_csrf_checks=False)
FORM = "application/x-www-form-urlencoded"


@dataclass
class Tried:
    """How an address answered one person, and whether anything was recorded."""

    status: int
    sends_to: str
    wrote: bool


def _try(person: Person | None, path: str, method: str, typed: dict[str, Any] | None = None) -> Tried:
    """One request as somebody; whatever it wrote is undone."""
    cookies = "; ".join(f"{name}={one.coded_value}" for name, one in person.cookies.items()) if person else ""
    sent = urlencode(typed or {}) if method == "POST" else ""
    request = RequestFactory().generic(method, path, sent, FORM, headers={"cookie": cookies} if cookies else None)
    TRIED["requests"] += 1
    with transaction.atomic():
        last = _last_act()
        answer = SITE(request.environ)
        answer.close()
        tried = Tried(answer.status_code, answer.headers.get("Location", ""), _last_act() != last)
        transaction.set_rollback(True)
    assert tried.status != 500, (method, path)
    return tried


def _last_act() -> int | None:
    return AuditEntry.objects.aggregate(last=Max("pk"))["last"]


def test_every_address_says_who_may_open_it():
    assert sorted(ADDRESSES) == NAMES
    assert [name for name, address in ADDRESSES.items() if not address.says] == []


OWNED = [name for name in NAMES if name in ADDRESSES and not ADDRESSES[name].any_account]


@pytest.mark.parametrize("name", OWNED)
def test_who_must_get_in_gets_in_and_nobody_else(name: str, world: World, everybody: list[Person]):
    address = ADDRESSES[name]
    path = reverse(name, args=address.args(world))
    TRIED["people"] = len(everybody) + 1
    wrong = []
    for method, asked in [("GET", address.get), ("POST", address.post)]:
        for who in _trying(address, everybody, asked):
            tried = _try(who, path, method, address.typed(world))
            if told := _fault(address, who, method, asked, tried):
                wrong.append(f"{method} {path} by {who.title}: {told}")
    assert wrong == []


def _trying(address: Address, everybody: list[Person], asked: Action | None) -> list[Person]:
    """Those who tell something about an address: each role where it is and beside, and the special ones."""
    if not asked and not address.only:
        return [one for one in everybody if one.cast_name]  # it has no such method, for nobody
    return [one for one in everybody if one.at in (address.at, "") or one.cast_name]


def _fault(address: Address, who: Person, method: str, asked: Action | None, tried: Tried) -> str:
    """What is wrong with this answer; "": nothing."""
    status = tried.status
    own = address.only == who.cast_name if address.only else None
    if own is None and asked is None:
        return "" if status == 405 and not tried.wrote else f"{status}, though the address has no {method}"
    must = own if own is not None else who.must_get_in(asked, address.at, address.held)  # type: ignore[arg-type]
    must = must or bool(address.also and address.also == who.cast_name)
    if must:
        return f"{status}: kept out" if status in REFUSED else ""
    if tried.wrote:
        return "wrote something"
    return "" if status in REFUSED or (own is False and status == 405) else f"{status}: let in"


@pytest.mark.parametrize("name", [name for name in NAMES if name in ADDRESSES])
def test_a_visitor_is_sent_to_sign_in(name: str, world: World):
    address = ADDRESSES[name]
    for method in ("GET", "POST"):
        answer = _try(None, reverse(name, args=address.args(world)), method)
        if address.public:
            assert answer.status in {200, 302, 400, 404, 405, 422}
        else:
            to_sign_in = answer.status == 302 and answer.sends_to.startswith("/sign-in/")
            assert to_sign_in or answer.status == 405, answer
        assert not answer.wrote


@pytest.mark.parametrize("name", OWNED)
def test_another_body_s_address_does_not_lead_to_what_is_jette_s(name: str, world: World, everybody: list[Person]):
    """Who may do everything in a neighbour's body, and puts the number of another's thing into its address."""
    slug, *rest = [*ADDRESSES[name].args(world), None]
    # Not whose it is: words of acts and periods, numbers, and what belongs to the whole programme.
    nobody_s = {None, "apply", "submit", "close", "validate", "2018-1", "2018-2", 1, 2018}
    nobody_s |= {world.figures.measured.trained.pk, world.figures.measured.trained.pk.hex, world.cast.result.pk}
    things = [one for one in rest if one not in nobody_s]
    if slug not in {"jette-belfaa", "souss-massa"} or not things:
        return
    path = reverse(name, args=["schaerbeek-al-hoceima", *(one for one in rest if one is not None)])
    for who in (one for one in everybody if one.title.endswith("at a neighbour")):
        for method in ("GET", "POST"):
            answer = _try(who, path, method)
            assert answer.status in REFUSED | {405}, (method, path, who.title)
            assert not answer.wrote


@pytest.mark.parametrize("name", [name for name in NAMES if name in ADDRESSES])
def test_no_other_method_does_anything(name: str, world: World, everybody: list[Person]):
    path = reverse(name, args=ADDRESSES[name].args(world))
    owner = next(one for one in everybody if one.title == "owner")
    for who in (None, owner):
        for method in OTHER_METHODS:
            answer = _try(who, path, method)
            library = ":" not in name
            wanted = HARMLESS if library or method == "OPTIONS" else {302, 403, 404, 405}
            assert answer.status in wanted, (method, path)
            # The library takes a PUT as the POST that this person may send.
            assert not answer.wrote or (library and method == "PUT" and who and ADDRESSES[name].any_account)


def test_a_signed_in_person_without_the_token_of_a_form_changes_nothing(world: World, everybody: list[Person]):
    """Every address that takes a POST asks for it, those that take files as well."""
    owner = next(one for one in everybody if one.title == "owner")
    for name in OWNED:
        if not ADDRESSES[name].post and not ADDRESSES[name].only:
            continue
        client = Client(enforce_csrf_checks=True)
        client.cookies = SimpleCookie({key: morsel.value for key, morsel in owner.cookies.items()})
        before = AuditEntry.objects.count()
        answer = client.post(reverse(name, args=ADDRESSES[name].args(world)), {})
        assert answer.status_code in {403, 404, 405}, name
        assert AuditEntry.objects.count() == before


def test_the_size_of_the_matrix(request: pytest.FixtureRequest):
    """Told at the end of a run; a matrix that shrank is no matrix."""
    size = f"{len(NAMES)} addresses x {TRIED['people']} people x methods: {TRIED['requests']} requests"
    request.config.stash[MATRIX] = f"security matrix: {size}"
    assert len(NAMES) > 80
    assert TRIED["people"] == 0 or TRIED["people"] >= 3 * len(ROLES) + 6


MATRIX: pytest.StashKey[str] = pytest.StashKey()


@pytest.fixture(scope="module", autouse=True)
def _told(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    reporter: Any = request.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and (line := request.config.stash.get(MATRIX, "")):
        reporter.write_line("")
        reporter.write_line(line)
