"""`manage.py init`: from an empty database to an administrator who is inside."""

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from tests.factories.mail import send_waiting
from tiwizi.accounts.models import User
from tiwizi.framework.models import Framework
from tiwizi.network.models import Body, BodyKind, Invitation, Mandate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten_tries")]
GIVEN = ["--programme", "Coopération d'ici", "--email", "Admin@Test.example", "--site", "https://testserver/"]


def made(capsys, *more: str) -> str:  # type: ignore[no-untyped-def]
    call_command("init", *GIVEN, *more)
    return str(capsys.readouterr().out)


def path(told: str) -> str:
    return next(word.removeprefix("https://testserver") for word in told.split() if word.startswith("https://"))


def test_from_nothing_to_the_first_page(capsys, settings):
    settings.SECOND_FACTOR_ROLES = "programme_coordinator"
    link = path(made(capsys, "--start", "2026-01-01", "--end", "2030-12-31"))
    client = Client()
    assert BeautifulSoup(client.get(link).content, "html.parser").select_one("main form #id_password")
    client.post(link, {"name": "Coordination", "password": "quatre mots bien choisis"})
    mandate = Mandate.objects.get()
    assert (mandate.role, mandate.user.email) == ("programme_coordinator", "admin@test.example")
    body = Body.objects.get()
    assert str(body.name) == "Coopération d'ici"
    assert body.kind.rank == 0
    assert BodyKind.objects.count() == 5
    assert Framework.objects.get().end.year == 2030
    assert client.get("/").url == "/account/second-factor/"
    settings.SECOND_FACTOR_ROLES = "none"
    for page in ("/", f"/b/{body.slug}/", f"/b/{body.slug}/people/", f"/b/{body.slug}/people/invite/"):
        assert client.get(page).status_code == 200
    with pytest.raises(CommandError, match="Nothing was changed"):
        made(capsys)


def test_the_plan_lasts_five_years_unless_said(capsys):
    made(capsys)
    assert Framework.objects.get().end.year == timezone.localdate().year + 4


def test_a_lost_link_is_made_again(capsys):
    first, second = path(made(capsys)), path(made(capsys))
    assert first != second
    assert Body.objects.count() == Framework.objects.count() == 1
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_mail_or_no_mail_is_said(capsys, settings, mail_server):
    assert "worker" in made(capsys)
    send_waiting()
    assert [letter["To"] for letter in mail_server.letters()] == ["admin@test.example"]
    settings.MAIL = False
    assert "TIWIZI_MAIL_HOST" in made(capsys)


def test_beside_another_programme_it_refuses(cast, capsys):
    with pytest.raises(CommandError, match="already"):
        made(capsys)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--programme", "X"], "--email"),
        (["--email", "a@test.example"], "--programme"),
        (["--programme", "X", "--email", "pas une adresse"], "address"),
        (["--programme", "X", "--email", "a@x.example", "--start", "2026-01-01", "--end", "2025-01-01"], "ends before"),
    ],
)
def test_what_is_wrong_makes_nothing(wrong, told, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(CommandError, match=told):
        call_command("init", *wrong)
    assert not Body.objects.exists()
    assert not User.objects.exists()
