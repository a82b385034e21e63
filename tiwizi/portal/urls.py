"""Addresses of the door portal."""

from django.conf import settings
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from tiwizi.portal.views import front, public


class LanguageConverter(StringConverter):
    """One of our languages."""

    regex = "|".join(code for code, _label in settings.LANGUAGES)


register_converter(LanguageConverter, "language")

app_name = "portal"
urlpatterns = [
    path("", front.home, name="home"),
    path("b/<slug:slug>/", front.body, name="body"),
    path("b/<slug:slug>/handover/", front.handover, name="handover"),
    path("account/my-data.zip", front.my_data, name="my-data"),
    path("credits/", front.credits_page, name="credits"),
    # For everybody; what an address names stands open or is not there.
    path("public/", public.door, name="public"),
    path("public/<language:language>/", public.programmes, name="public-programmes"),
    path("public/<language:language>/<slug:slug>/", public.programme, name="public-programme"),
    path("public/<language:language>/<slug:slug>/results.csv", public.table, name="public-csv"),
    path("public/<language:language>/<slug:slug>/<uuid:pk>/", public.indicator, name="public-indicator"),
    path("robots.txt", public.robots, name="robots"),
    path("sitemap.xml", public.sitemap, name="sitemap"),
]
