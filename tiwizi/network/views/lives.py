"""The life of a body on a page, and the acts that change it: typed, looked at with their consequences, then done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.network import queries, rules
from tiwizi.network.forms import lives as forms
from tiwizi.network.hangings import consequences
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, may

Values = dict[str, Any]


@require_safe
@body_view()
def life(request: HttpRequest, body: Body) -> HttpResponse:
    """Names, ties and seats with their days; what came before and after; what may be changed."""
    managing = bool(may(request.user, Action.MANAGE_NETWORK, body))  # type: ignore[arg-type]
    closed = body.end is not None and body.end < queries.today()
    acts = [(code, one) for code, one in ACTS.items() if one.of_closed == closed] if managing else []
    if closed and queries.closing_of(body) is None:  # it ended by its own dates: nothing was closed here
        acts = []
    context = {"life": queries.life_of(body), "acts": acts, "today": queries.today()}
    return body_page(request, body, "people", "network/life.html", context)


@require_http_methods(["GET", "POST"])
@body_view(Action.MANAGE_NETWORK)
def act(request: HttpRequest, body: Body, act: str) -> HttpResponse:
    """One act: what is typed is shown first with what it would end, and done when that was looked at."""
    if act not in ACTS:
        raise Http404
    chosen = ACTS[act]
    form = chosen.form(request.POST or None, body=body)
    looking = False
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        looking = "done" not in request.POST
        if not looking and (answer := _done(request, chosen, body, form)):
            return answer
    context = {
        "act": chosen,
        "form": form,
        "looking": looking,
        "consequences": consequences(body, chosen.last_day(values)) if looking and chosen.last_day else None,
    }
    return body_page(request, body, "people", "network/life_act.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, chosen: "Act", body: Body, form: Any) -> HttpResponse | None:
    try:
        after = chosen.rule(request.user, body, form.cleaned_data)  # type: ignore[arg-type]
    except Refusal as refusal:
        form.refused(refusal)
        return None
    messages.success(request, str(chosen.said))
    return redirect("network:life", after.slug)


@dataclass(frozen=True)
class Act:
    """How an act is offered; `last_day`: of those that end something, the day after which it is over."""

    label: str | Promise
    why: str | Promise
    form: type[forms.ActForm]
    rule: Callable[[User, Body, Values], Body]
    said: str | Promise
    last_day: Callable[[Values], date] | None = None
    of_closed: bool = False


def _join(by: User, body: Body, values: Values) -> Body:
    rules.group_body(by=by, body=body, whole=values["whole"], start=values["on"])
    return body


def _leave(by: User, body: Body, values: Values) -> Body:
    rules.leave_group(by=by, grouping=values["tie"], on=values["on"], reason=values["reason"])
    return body


def _seat(by: User, body: Body, values: Values) -> Body:
    rules.seat_organisation(
        by=by, body=body, organisation=values["organisation"], side=values["side"], start=values["on"]
    )
    return body


def _unseat(by: User, body: Body, values: Values) -> Body:
    rules.leave_seat(by=by, seat=values["seat"], on=values["on"], reason=values["reason"])
    return body


def _rename(by: User, body: Body, values: Values) -> Body:
    return rules.rename_body(by=by, body=body, name=values["name"], on=values["on"], reason=values["reason"])


def _close(by: User, body: Body, values: Values) -> Body:
    return rules.close_body(by=by, body=body, on=values["on"], reason=values["reason"], successor=values["successor"])


def _reopen(by: User, body: Body, values: Values) -> Body:
    return rules.reopen_body(by=by, body=body, reason=values["reason"])


def _merge(by: User, body: Body, values: Values) -> Body:
    bodies = [body, *values["bodies"]]
    into = rules.Newcomer(values["slug"], values["name"])
    return rules.merge_bodies(by=by, bodies=bodies, into=into, on=values["on"], reason=values["reason"])


def _go_on(by: User, body: Body, values: Values) -> Body:
    into = [rules.Newcomer(slug, name, seats) for slug, name, seats in values["newcomers"]]
    return rules.divide_body(by=by, body=body, into=into, on=values["on"], reason=values["reason"])[0]


def _go_on_in(by: User, body: Body, values: Values) -> Body:
    return rules.go_on_in(
        by=by, body=body, into=values["into"], seats=list(values["seats"]), on=values["on"], reason=values["reason"]
    )


def _eve(values: Values) -> Any:
    return values["on"] - timedelta(days=1)


def _that_day(values: Values) -> Any:
    return values["on"]


ACTS: dict[str, Act] = {
    "join": Act(
        gettext_lazy("Join a wider body"),
        gettext_lazy("From the day on, what this body plans and reports counts there too, once."),
        forms.JoinForm, _join, gettext_lazy("It belongs there from that day."),
    ),
    "leave": Act(
        gettext_lazy("Leave a wider body"),
        gettext_lazy("After the last day its figures no longer count there; those of before stay."),
        forms.LeaveForm, _leave, gettext_lazy("The last day is kept. What was before stays."),
    ),
    "seat": Act(
        gettext_lazy("Seat an organisation"),
        gettext_lazy("An organisation that joins, on its side."),
        forms.SeatForm, _seat, gettext_lazy("It sits here from that day."),
    ),
    "unseat": Act(
        gettext_lazy("An organisation leaves"),
        gettext_lazy("Its seat ends with that day; it stays named among the former members."),
        forms.UnseatForm, _unseat, gettext_lazy("The last day is kept. What was before stays."),
    ),
    "rename": Act(
        gettext_lazy("Take another name"),
        gettext_lazy("The former name is shown for the days before."),
        forms.RenameForm, _rename, gettext_lazy("It has its new name."),
    ),
    "go-on": Act(
        gettext_lazy("Go on as another body, or as two"),
        gettext_lazy(
            "For a new partner, or a partnership that divides: this body ends on the eve, what follows begins in the"
            " same groups."
        ),
        forms.GoOnForm, _go_on, gettext_lazy("It goes on from that day; both histories stay."), last_day=_eve,
    ),
    "go-on-in": Act(
        gettext_lazy("Go on in a body that exists"),
        gettext_lazy("This body ends on the eve; who is chosen sits in the other one too, which follows it."),
        forms.GoOnInForm, _go_on_in, gettext_lazy("It goes on there from that day; both histories stay."),
        last_day=_eve,
    ),
    "merge": Act(
        gettext_lazy("Merge with others"),
        gettext_lazy("All of them end on the eve; the new body has their seats and belongs wherever they did."),
        forms.MergeForm, _merge, gettext_lazy("They are one from that day."), last_day=_eve,
    ),
    "close": Act(
        gettext_lazy("Close"),
        gettext_lazy("Its last day. Everything stays readable; it can be opened again while nothing follows it."),
        forms.CloseForm, _close, gettext_lazy("The last day is kept."), last_day=_that_day,
    ),
    "reopen": Act(
        gettext_lazy("Open again"),
        gettext_lazy("What ended with it goes on as it would have."),
        forms.ReopenForm, _reopen, gettext_lazy("It is open again."), of_closed=True,
    ),
}  # fmt: skip
