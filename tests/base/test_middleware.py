"""A body that is too large, or of unknown length, is answered before anything of it is read."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client, RequestFactory

from tiwizi.base.middleware import BodySizeMiddleware

MOST = 6 * 1024 * 1024


class Unreadable:
    """A body that fails the test as soon as anybody reads it."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def sent(client: Client, path: str = "/language/", **more: object):  # type: ignore[no-untyped-def]
    kind = "multipart/form-data; boundary=XX"
    return client.generic("POST", path, b"", kind, **{"wsgi.input": Unreadable()} | more)


def test_it_stands_before_everything_that_may_read_a_body():
    assert settings.MIDDLEWARE[0] == "tiwizi.base.middleware.BodySizeMiddleware"


@pytest.mark.parametrize("length", [MOST + 1, 300 * 1024 * 1024, 10**30, "9" * 5000])
@pytest.mark.parametrize("path", ["/language/", "/nowhere/", "/b/jette-belfaa/plan/import/"])
def test_a_body_too_large_is_not_read(client, path, length):
    answer = sent(client, path, CONTENT_LENGTH=str(length))
    assert answer.status_code == 413
    soup = BeautifulSoup(answer.content, "html.parser")
    assert [p["lang"] for p in soup.select("p")] == ["fr", "nl", "en", "ar"]
    assert soup.select_one("p[lang=en]").text == (
        "What you sent is too large: 6 MB at most. Nothing of it was read, and nothing was changed."
    )
    assert soup.select_one("p[lang=ar]")["dir"] == "rtl"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not answer.cookies


@pytest.mark.parametrize(
    "said",
    [
        {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": "many"},
        {"CONTENT_LENGTH": "٤٢"},
    ],
)
def test_a_body_without_its_length_is_not_read(client, said):
    answer = sent(client, **said)
    assert answer.status_code == 411
    assert BeautifulSoup(answer.content, "html.parser").select_one("p[lang=en]").text.startswith("What was sent does")


@pytest.mark.parametrize("length", ["", "0", str(MOST)])
def test_what_is_not_too_large_passes(length):
    request = RequestFactory().generic("POST", "/", b"", CONTENT_LENGTH=length)
    assert BodySizeMiddleware(lambda passed: passed)(request) is request  # type: ignore[arg-type,return-value]


def test_a_page_is_read_as_ever(client, db):
    assert client.get("/sign-in/").status_code == 200
