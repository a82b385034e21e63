"""A role that needs a second factor opens nothing without it, and leads to it."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ImproperlyConfigured

from tests.factories.codes import code_of
from tests.factories.lending import stand_in
from tiwizi.network.middleware import SecondFactorMiddleware
from tiwizi.network.models import Mandate
from tiwizi.network.permissions import ROLES, needing_second_factor
from tiwizi.network.queries import today

INDEX = "/account/second-factor/"
pytestmark = pytest.mark.usefixtures("forgotten_tries")


@pytest.fixture
def guarded(settings):
    settings.SECOND_FACTOR_ROLES = "programme_coordinator, animator"


@pytest.mark.parametrize("path", ["/", "/b/maroc/", "/roles/", "/account/", "/account/password/", "/bodies/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_else_opens_before(cast, signed_in, guarded, path, method):
    assert getattr(signed_in(cast.animator), method)(path).url == INDEX


def test_what_leads_to_it_opens(cast, signed_in, guarded):
    client = signed_in(cast.animator)
    page = BeautifulSoup(client.get(INDEX).content, "html.parser")
    assert page.select_one("main .note-warning").text
    for path in ("application/", "passkeys/add/"):
        assert client.get(INDEX + path).status_code == 200
    assert client.post("/language/", {"language": "ar", "next": INDEX}).url == INDEX
    assert client.post("/sign-out/").status_code == 302


def test_after_it_everything_opens(cast, signed_in, guarded):
    client = signed_in(cast.animator)
    page = BeautifulSoup(client.get(f"{INDEX}application/").content, "html.parser")
    code = code_of(page.select_one("main details code").text.replace(" ", ""))
    client.post(f"{INDEX}application/", {"code": code})
    assert client.get(f"{INDEX}codes/").status_code == 200
    assert client.get("/b/souss-massa/").status_code == 200
    assert not BeautifulSoup(client.get(INDEX).content, "html.parser").select("main .note-warning")


def test_other_roles_need_none(cast, signed_in, guarded):
    assert signed_in(cast.jette_coordinator).get("/").status_code == 200
    assert signed_in(cast.stranger).get("/roles/").status_code == 200
    assert signed_in(None).get("/").status_code == 200


def test_a_role_that_is_over_asks_nothing(cast, signed_in, guarded):
    Mandate.objects.filter(user=cast.animator).update(end=today().replace(year=2018))
    assert signed_in(cast.animator).get("/roles/").status_code == 200


def test_who_stands_in_for_a_guarded_role_needs_it_too(cast, signed_in, guarded):
    stand_in(Mandate.objects.get(user=cast.animator), cast.elected, today(), today())
    assert signed_in(cast.elected).get("/").url == INDEX


def test_the_roles_page_says_which(cast, signed_in, guarded):
    page = BeautifulSoup(signed_in(cast.stranger).get("/roles/").content, "html.parser")
    assert len(page.select("main dl > dd > .badge")) == 2


def test_the_setting(settings):
    for said, roles in [("none", set()), ("", set()), ("all", set(ROLES)), (" elected ,donor", {"elected", "donor"})]:
        settings.SECOND_FACTOR_ROLES = said
        assert needing_second_factor() == roles
    settings.SECOND_FACTOR_ROLES = "elected, king"
    with pytest.raises(ImproperlyConfigured, match="king"):
        SecondFactorMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]


def test_it_costs_nothing_where_no_role_needs_it(cast, signed_in, django_assert_num_queries):
    client = signed_in(cast.stranger)
    with django_assert_num_queries(2):  # the session and its person
        client.get("/roles/")
