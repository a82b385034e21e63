"""Names of the programme, of its communes and of the product alone are no password."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tiwizi.base.errors import Refusal
from tiwizi.network import queries, rules


def codes(password: str) -> set[str]:
    try:
        validate_password(password)
    except ValidationError as error:
        return {one.code or "" for one in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "tiwizi-tiwizi-2026",
        "Jette–Belfaa 2026",
        "belfaa belfaa belfaa",
        "AL HOCEIMA 1234!",
        "Souss-Massa-2021",
        "Tiwizi123456",
    ],
)
def test_words_of_the_context_alone_are_refused(cast, password):
    assert "password_of_the_programme" in codes(password)


@pytest.mark.parametrize(
    "password", ["j'habite à Jette depuis trois ans", "quatre mots bien choisis", "بلفاع مدينتي الجميلة"]
)
def test_a_sentence_in_which_one_stands_is_good(cast, password):
    assert codes(password) == set()


def test_the_words_follow_the_network_and_their_number_asks_no_more_queries(cast, django_assert_num_queries):
    assert codes("Vredegem-Vredegem-1") == set()
    rules.found_body(
        by=cast.programme_coordinator, slug="vredegem", kind=cast.jette.kind, name={"fr": "Vredegem"},
        wholes=[cast.souss],
    )  # fmt: skip
    assert "password_of_the_programme" in codes("Vredegem-Vredegem-1")
    with django_assert_num_queries(4):
        assert {"vredegem", "belfaa", "hoceima"} <= queries.context_words()


def test_who_is_invited_is_told(cast):
    made = rules.invite(
        by=cast.jette_coordinator, body=cast.jette, email="nouvelle@test.example", role="elected", language="fr",
        site="http://testserver/",
    )  # fmt: skip
    with pytest.raises(Refusal) as caught:
        rules.accept_as_newcomer(invitation=made, name="Nouvelle", password="Jette-Belfaa-2026", language="fr")
    assert caught.value.code == "password-weak"
