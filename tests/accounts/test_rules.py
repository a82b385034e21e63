import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tiwizi.accounts import queries, rules
from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("animation@test.example", "un mot de passe long", name="Animation")


def test_a_language_is_kept_and_recorded(user):
    rules.choose_language(by=user, language="ar")
    user.refresh_from_db()
    assert user.language == "ar"
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor) == ("choose-language", user.pk)
    assert (entry.before, entry.after) == ({"language": "fr"}, {"language": "ar"})


def test_the_same_language_again_is_no_act(user):
    rules.choose_language(by=user, language="fr")
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("language", ["de", "", "fr-be", "FR"])
def test_a_language_that_we_do_not_speak_is_refused(user, language):
    with pytest.raises(Refusal) as caught:
        rules.choose_language(by=user, language=language)
    assert caught.value.code == "language-unknown"
    user.refresh_from_db()
    assert user.language == "fr"
    assert not AuditEntry.objects.exists()


def test_one_address_is_one_account_whatever_its_capitals(user):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("Animation@Test.Example", None, name="Double")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ANIMATION@test.example", name="Double")
    assert User.objects.get_by_natural_key("ANIMATION@test.example") == user


def test_an_account_without_password_opens_for_nobody():
    user = User.objects.create_user("sans@test.example", name="Sans")
    assert not user.has_usable_password()
    assert not user.check_password("")


def test_the_database_keeps_only_languages_that_we_speak(user):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(language="de")


def test_demo_accounts_are_those_marked_and_open(user):
    shown = User.objects.create_user("demo@test.example", name="Démo", is_demo=True)
    User.objects.create_user("fermee@test.example", name="Fermée", is_demo=True, is_active=False)
    assert queries.demo_accounts() == [shown]


@pytest.mark.parametrize("password", ["court", "1q2w3e4r5t6y", "animation@test"])
def test_weak_passwords_are_refused(user, password):
    with pytest.raises(ValidationError):
        validate_password(password, user)
