"""Pages as PDF by WeasyPrint, which needs Pango from the system. Nothing outside our own style and font is read."""

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tiwizi.base.errors import Refusal

STATIC = Path(settings.ROOT) / "tiwizi" / "base" / "static"
FILES = {
    "tiwizi:print.css": (STATIC / "css" / "print.css", "text/css"),
    "tiwizi:noto-sans-arabic-400.woff2": (STATIC / "vendor" / "noto-sans-arabic-400.woff2", "font/woff2"),
}


def pdf_of(html: str) -> bytes:
    """A page as a PDF with its structure tagged. Refused: `pdf-missing` where the system lacks Pango."""
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except OSError as error:  # the library is there, what it needs of the system is not
        sentence = _("This machine cannot write PDF files yet.")
        hint = _("Who runs it installs Pango (see the guide for administrators). The Word file works.")
        raise Refusal("pdf-missing", sentence, hint, status=503) from error

    class Ours(URLFetcher):
        """Only what stands in `FILES`."""

        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            path, kind = FILES[url]
            return URLFetcherResponse(url, body=path.read_bytes(), headers={"Content-Type": kind})

    return bytes(HTML(string=html, base_url="tiwizi:", url_fetcher=Ours()).write_pdf(pdf_tags=True))
