"""Addresses of the room pooling."""

from django.urls import URLPattern, URLResolver, include, path

from tiwizi.pooling.views import proposals, rounds, settings

app_name = "pooling"
_proposal = [
    path("", proposals.proposal, name="proposal"),
    path("answer/", proposals.answer, name="answer"),
    path("take-back/", proposals.take_back, name="take-back"),
    path("place/", proposals.pin_host, name="pin-host"),
    path("week/", proposals.fix_week, name="fix-week"),
    path("release/", proposals.release, name="release"),
]
_round: list[URLPattern | URLResolver] = [
    path("", rounds.round_page, name="round"),
    path("run/", rounds.run, name="run"),
    path("stop/", rounds.stop, name="stop"),
    path("close/", rounds.close, name="close"),
    path("agreed/", rounds.agreed, name="agreed"),
    path("rules/", settings.rules_page, name="round-rules"),
    path("rules/partners/", settings.partners, name="round-partners"),
    path("rules/kinds/", settings.kinds, name="round-kinds"),
    path("rules/hosts/", settings.hosts, name="round-hosts"),
    path("activities/", settings.activities, name="round-activities"),
    path("activities/<uuid:activity>/out/", settings.opt_out, name="opt-out"),
    path("activities/<uuid:activity>/in/", settings.opt_in, name="opt-in"),
    path("apart/", proposals.forbid_pair, name="forbid-pair"),
    path("lift/<uuid:condition>/", proposals.lift, name="lift"),
    path("recover/<uuid:condition>/", proposals.recover, name="recover"),
    path("proposals/<int:number>/", include(_proposal)),
]
urlpatterns = [
    path("b/<slug:slug>/pooling/", rounds.rounds, name="rounds"),
    path("b/<slug:slug>/pooling/open/", rounds.round_open, name="round-open"),
    path("b/<slug:slug>/pooling/<uuid:pk>/", include(_round)),
]
