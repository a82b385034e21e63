"""A forgotten password and a new one, through a real mail server; nothing is told about accounts."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from tests.factories.mail import send_waiting, text_of
from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry, Job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten_tries")]
PASSWORD, NEW = "un mot de passe long", "quatre mots bien choisis"
EMAIL = "animation@test.example"
FORGOTTEN = "/password/forgotten/"


@pytest.fixture
def user() -> User:
    return User.objects.create_user(EMAIL, PASSWORD, name="L'animatrice <b>", language="fr")


def ask(client: Client, email: str = EMAIL):  # type: ignore[no-untyped-def]
    return client.post(FORGOTTEN, {"email": email})


def link_of(letter: str) -> str:
    found = re.search(r"http://testserver(/\S+)", letter)
    assert found, letter
    return found[1]


def opened(client: Client, link: str):  # type: ignore[no-untyped-def]
    return client.get(link, follow=True)


def choose(client: Client, link: str, password: str = NEW):  # type: ignore[no-untyped-def]
    form = BeautifulSoup(opened(client, link).content, "html.parser").select_one("main form")
    return client.post(form["action"], {"password1": password, "password2": password})


def test_from_the_forgotten_password_to_the_new_one(client, user, mail_server):
    ask(client, "Animation@TEST.example")
    assert send_waiting() == ["accounts.reset-letter done"]
    (letter,) = mail_server.letters()
    assert mail_server.logins == [(b"tiwizi", b"secret")]
    assert (letter["To"], letter["From"]) == (EMAIL, "tiwizi@test.example")
    link = link_of(text_of(letter))
    assert choose(client, link).url == "/password/new/"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert AuditEntry.objects.get().act == "change-password"
    assert send_waiting() == ["accounts.notice-letter done"]
    assert len(mail_server.letters()) == 2
    # The link worked once.
    page = BeautifulSoup(opened(Client(), link).content, "html.parser")
    assert page.select_one(f'main a[href="{FORGOTTEN}"]')
    assert not page.select("main form")


@pytest.mark.parametrize("language", ["fr", "nl", "en", "ar"])
def test_a_letter_is_plain_text_in_the_readers_language(client, user, mail_server, language):
    User.objects.update(language=language)
    ask(client)
    send_waiting()
    (letter,) = mail_server.letters()
    assert letter.get_content_type() == "text/plain"
    assert not letter.is_multipart()
    assert letter["Content-Language"] == language
    assert letter["Message-ID"].endswith("@test.example>")
    assert letter["Auto-Submitted"] == "auto-generated"
    body = text_of(letter)
    assert "L'animatrice <b>" in body  # words are words: nothing is escaped in plain text
    subjects = {"fr": "mot de passe", "nl": "wachtwoord", "en": "password", "ar": "كلمة"}
    assert subjects[language] in letter["Subject"]
    assert len(re.findall(r"https?://", body)) == 1  # the link itself: no picture that tells who read


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(
    client, user, mail_server, django_assert_num_queries
):
    answers = {}
    for email in (EMAIL, "personne@test.example"):
        with django_assert_num_queries(2):  # one search, one row in the queue
            answer = ask(Client(), email)
        answers[email] = (answer.status_code, answer.url)
    assert len(set(answers.values())) == 1
    assert Job.objects.count() == 2
    send_waiting()
    assert [letter["To"] for letter in mail_server.letters()] == [EMAIL]


def test_the_queue_holds_no_link_and_no_address(client, user):
    ask(client)
    ask(client, "personne@test.example")
    kept = str(list(Job.objects.values_list("payload", flat=True)))
    assert "@" not in kept
    assert "password/new" not in kept


def test_a_closed_account_gets_no_letter(client, user, mail_server):
    User.objects.update(is_active=False)
    assert ask(client).status_code == 302
    send_waiting()
    assert mail_server.letters() == []


def test_a_letter_that_the_server_does_not_take_is_sent_later(client, user, mail_server):
    ask(client)
    mail_server.refusing = "451 come back later"
    assert send_waiting() == ["accounts.reset-letter queued"]
    waits = Job.objects.get().not_before - timezone.now()
    assert timedelta(minutes=1) < waits <= timedelta(minutes=2)
    assert "451" in Job.objects.get().error
    mail_server.refusing = ""
    assert send_waiting() == []  # not yet
    Job.objects.update(not_before=timezone.now())
    assert send_waiting() == ["accounts.reset-letter done"]
    assert len(mail_server.letters()) == 1


def test_a_server_that_is_away_is_asked_for_most_of_a_day(client, user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 9, False
    ask(client)
    waited = timedelta()
    while Job.objects.get().state == "queued":
        assert len(send_waiting()) == 1
        if found := Job.objects.get().not_before:
            waited += found - timezone.now()
            Job.objects.update(not_before=timezone.now())
    assert Job.objects.get().state == "failed"
    assert waited > timedelta(hours=16)


def test_without_mail_settings_the_page_says_so(client, user, settings):
    settings.MAIL = False
    page = BeautifulSoup(client.get(FORGOTTEN).content, "html.parser")
    assert page.select_one("main .note-warning").text
    assert not page.select("main form")
    ask(client)
    assert not Job.objects.exists()


@pytest.mark.parametrize("bad", ["", "pas une adresse", "a@b", f"{EMAIL}\nBcc: x@test.example"])
def test_what_is_no_address_is_said_beside_the_field(client, bad):
    answer = ask(client, bad)
    assert answer.status_code == 200
    assert BeautifulSoup(answer.content, "html.parser").select(".field-error")
    assert not Job.objects.exists()


def test_asking_again_and_again_is_stopped_alike_for_everybody(client, user):
    for email in (EMAIL, "personne@test.example"):
        statuses = [ask(Client(REMOTE_ADDR=f"192.0.2.{n}"), email).status_code for n in range(6)]
        assert statuses == [302] * 5 + [429]


@pytest.mark.parametrize("forged", ["/password/new/abc-def-ghi/", "/password/new/0-set-password/"])
def test_a_forged_link_opens_nothing(client, user, forged):
    page = BeautifulSoup(client.get(forged).content, "html.parser")
    assert not page.select("main form")
    assert page.h1.text


def test_a_link_is_for_one_account_and_grows_old(client, user, settings, mail_server):
    ask(client)
    send_waiting()
    link = link_of(text_of(mail_server.letters()[0]))
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert not BeautifulSoup(opened(client, link).content, "html.parser").select("main form")


def test_a_weak_password_is_refused(client, user, mail_server):
    ask(client)
    send_waiting()
    answer = choose(client, link_of(text_of(mail_server.letters()[0])), "court")
    assert BeautifulSoup(answer.content, "html.parser").select(".field-error")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_changing_the_password_signs_other_devices_out(user, signed_in):
    here, elsewhere = signed_in(user), signed_in(user)
    said = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post("/account/password/", said).url == "/account/"
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert AuditEntry.objects.get().act == "change-password"


@pytest.mark.parametrize("said", [{"oldpassword": "faux"}, {"password2": "autre chose encore"}, {"password1": "court"}])
def test_a_change_that_is_wrong_changes_nothing(user, signed_in, said):
    answer = signed_in(user).post(
        "/account/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW} | said
    )
    assert BeautifulSoup(answer.content, "html.parser").select(".field-error")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert not AuditEntry.objects.exists()
