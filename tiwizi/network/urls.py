"""Addresses of the network."""

from django.urls import path

from tiwizi.network.views import (
    archives,
    bodies,
    decisions,
    elections,
    erasure,
    histories,
    invitations,
    lives,
    maps,
    roles,
)

app_name = "network"
urlpatterns = [
    path("b/<slug:slug>/people/", bodies.people, name="people"),
    path("b/<slug:slug>/people/invite/", invitations.invite, name="invite"),
    path("b/<slug:slug>/people/invitations/<uuid:pk>/withdraw/", invitations.withdraw, name="withdraw-invitation"),
    path("b/<slug:slug>/people/election/", elections.election, name="election"),
    path("b/<slug:slug>/people/election/undo/", elections.undo, name="undo-election"),
    path("b/<slug:slug>/people/mandates/<uuid:pk>/end/", roles.end, name="end-mandate"),
    path("b/<slug:slug>/people/<uuid:pk>/erase/", erasure.erase, name="erase-person"),
    path("b/<slug:slug>/archived/", archives.archived, name="archived"),
    path("b/<slug:slug>/history/<str:code>/<str:pk>/", histories.history, name="history"),
    path("b/<slug:slug>/history/<str:code>/<str:pk>/<int:entry>/", histories.put_back, name="put-back"),
    path("b/<slug:slug>/decisions/", decisions.decisions, name="decisions"),
    path("b/<slug:slug>/decisions/<uuid:pk>/<str:act>/", decisions.act, name="decision-act"),
    path("b/<slug:slug>/network/", maps.network, name="network"),
    path("b/<slug:slug>/life/", lives.life, name="life"),
    path("b/<slug:slug>/life/<str:act>/", lives.act, name="life-act"),
    path("account/my-data/", erasure.mine, name="my-data"),
    path("account/my-data/ask/", erasure.ask, name="ask-erasure"),
    path("account/my-data/stay/", erasure.stay, name="withdraw-erasure"),
    path("bodies/", bodies.switcher, name="switcher"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("roles/", roles.roles, name="roles"),
    path("roles/mine/", roles.my_roles, name="my-roles"),
    path("roles/mine/leave/", roles.leave_everything, name="leave-everything"),
    path("roles/mine/<uuid:pk>/leave/", roles.leave, name="leave-role"),
    path("roles/mine/<uuid:pk>/lend/", roles.lend, name="lend-role"),
    path("roles/offered/<str:token>/", roles.offer, name="offer"),
    path("roles/lent/<uuid:pk>/take-back/", roles.take_back, name="take-back-role"),
]
