"""Guessing is slow, and a stranger who guesses stops himself: the owner still enters."""

import pytest
from django.test import Client

from tests.accounts.test_passwords import choose, link_of
from tests.factories.mail import send_waiting, text_of
from tiwizi.accounts import devices
from tiwizi.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten_tries")]
PASSWORD, EMAIL = "un mot de passe long", "animation@test.example"
OFFICE, STRANGER = "192.0.2.1", "203.0.113.9"


@pytest.fixture
def user() -> User:
    return User.objects.create_user(EMAIL, PASSWORD, name="Animation")


def try_in(client: Client, password: str = PASSWORD, email: str = EMAIL) -> bool:
    """Whether this password opens, from this browser."""
    client.post("/sign-in/", {"login": email, "password": password})
    inside = "_auth_user_id" in client.session
    if inside:
        client.post("/sign-out/")
    return inside


def guess(times: int, address: str = STRANGER, client: Client | None = None) -> None:
    client = client or Client(REMOTE_ADDR=address)
    for n in range(times):
        assert not try_in(client, f"faux {n}")


def test_guessing_is_stopped_where_it_is_done(user):
    guess(5)
    assert not try_in(Client(REMOTE_ADDR=STRANGER))  # even the right one, there


def test_the_owner_enters_from_elsewhere_meanwhile(user):
    guess(8)
    assert try_in(Client(REMOTE_ADDR=OFFICE))


def test_a_colleague_behind_the_same_address_does_not_lock_out_who_was_here_before(user):
    mine = Client(REMOTE_ADDR=OFFICE)
    assert try_in(mine)
    guess(20, OFFICE)
    assert try_in(mine)


def test_a_thousand_machines_do_not_lock_out_a_known_device(user):
    mine = Client(REMOTE_ADDR=OFFICE)
    assert try_in(mine)
    for n in range(40):
        guess(3, f"203.0.113.{n}")
    assert not try_in(Client(REMOTE_ADDR="198.51.100.1"))  # from anywhere else it waits
    assert try_in(mine)


def test_who_is_locked_out_everywhere_enters_by_the_letter(user, mail_server):
    for n in range(40):
        guess(3, f"203.0.113.{n}")
    fresh = Client(REMOTE_ADDR="198.51.100.1")
    assert not try_in(fresh)
    fresh.post("/password/forgotten/", {"email": EMAIL})
    send_waiting()
    choose(fresh, link_of(text_of(mail_server.letters()[0])), "quatre mots bien choisis")
    assert try_in(fresh, "quatre mots bien choisis")


def test_a_known_device_is_no_place_to_guess(user):
    mine = Client(REMOTE_ADDR=OFFICE)
    assert try_in(mine)
    guess(5, client=mine)
    assert not try_in(mine)


def test_an_account_that_does_not_exist_is_stopped_alike(user):
    def answers(email: str, address: str) -> list[int]:
        client = Client(REMOTE_ADDR=address)
        pages = [client.post("/sign-in/", {"login": email, "password": "faux"}) for _ in range(7)]
        return [len(page.content) - page.content.count(email.encode()) * len(email) for page in pages]

    assert answers(EMAIL, "203.0.113.1") == answers("personne@test.example", "203.0.113.2")


def test_the_cookie_says_nothing_and_cannot_be_forged(user):
    mine = Client(REMOTE_ADDR=OFFICE)
    try_in(mine)
    kept = mine.cookies[devices.COOKIE]
    assert kept["httponly"]
    assert EMAIL not in kept.value
    guess(5, OFFICE)
    forger = Client(REMOTE_ADDR=OFFICE)
    forger.cookies[devices.COOKIE] = kept.value[:-2] + "xx"
    assert not try_in(forger)


def test_a_shared_computer_remembers_the_last_few(user):
    shared = Client(REMOTE_ADDR=OFFICE)
    for n in range(devices.MOST + 2):
        email = f"p{n}@test.example"
        User.objects.create_user(email, PASSWORD, name=f"P{n}")
        try_in(shared, email=email)
    request = shared.get("/sign-in/").wsgi_request
    assert not devices.known(request, "p0@test.example")
    assert devices.known(request, f"p{devices.MOST + 1}@test.example")
