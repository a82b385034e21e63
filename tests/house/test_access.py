"""Every address of Tiwizi, tried by a visitor, a stranger and a neighbour.

The list comes from the URL configuration: an address without an entry in `ADDRESSES` fails the test, so a new page
cannot forget to say who may open it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from tests.house.addresses import ADDRESSES, Address, World, address_names
from tiwizi.base.models import AuditEntry

METHODS = ("GET", "POST")


NAMES = address_names()


def test_every_address_is_in_the_table():
    assert sorted(ADDRESSES) == NAMES


@dataclass
class Tried:
    """How an address answered one person."""

    status: int
    sends_to: str


def _try(client: Client, address: Address, name: str, world: World, method: str) -> Tried:
    path = reverse(name, args=address.args(world))
    acts = AuditEntry.objects.count()
    answer = client.get(path) if method == "GET" else client.post(path, {})
    assert AuditEntry.objects.count() == acts, "something was written"
    assert answer.status_code != 500
    return Tried(answer.status_code, answer.headers.get("Location", ""))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", METHODS)
def test_a_visitor_is_sent_to_sign_in(name: str, method: str, world: World, signed_in: Callable[..., Client]):
    address = ADDRESSES[name]
    tried = _try(signed_in(None), address, name, world, method)
    if address.public:
        assert tried.status in {200, 302, 400, 404, 405, 422}
    else:
        assert tried.status == 405 or (tried.status == 302 and tried.sends_to.startswith("/sign-in/")), tried


@pytest.mark.parametrize("name", [n for n in NAMES if n in ADDRESSES and not ADDRESSES[n].any_account])
@pytest.mark.parametrize("method", METHODS)
def test_a_stranger_is_refused(name: str, method: str, world: World, signed_in: Callable[..., Client]):
    tried = _try(signed_in(world.cast.stranger), ADDRESSES[name], name, world, method)
    assert tried.status in {403, 404, 405}, tried


@pytest.mark.parametrize("name", [n for n in NAMES if n in ADDRESSES and not ADDRESSES[n].any_account])
@pytest.mark.parametrize("method", METHODS)
def test_a_neighbour_reads_what_is_shared_and_changes_nothing(
    name: str, method: str, world: World, signed_in: Callable[..., Client]
):
    """The neighbour coordinates a partnership of another group of the same programme."""
    address = ADDRESSES[name]
    tried = _try(signed_in(world.cast.neighbour), address, name, world, method)
    may_read = address.shared and method == "GET"
    assert tried.status in ({200, 302} if may_read else {403, 404, 405}), tried
