"""What was decided for a body: a list that says what waits, a form, done, put aside."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tiwizi.base.errors import Refusal
from tiwizi.network import queries, rules
from tiwizi.network.forms import DecisionForm
from tiwizi.network.models import Body, Decision
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, may, require


@require_http_methods(["GET", "POST"])
@body_view()
def decisions(request: HttpRequest, body: Body) -> HttpResponse:
    """Decisions that wait, that are done, that were put aside; for who may, a form."""
    writing = bool(may(request.user, Action.RECORD_DECISION, body))  # type: ignore[arg-type]
    if request.method == "POST":
        require(request.user, Action.RECORD_DECISION, body)  # type: ignore[arg-type]
    form = DecisionForm(request.POST or None, initial={"day": queries.today()})
    if request.method == "POST" and form.is_valid():
        try:
            rules.record_decision(by=request.user, body=body, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("The decision is recorded."))
            return redirect("network:decisions", body.slug)
    kept = list(Decision.objects.filter(body=body))
    context = {
        "waiting": [one for one in kept if one.done_on is None and one.archived_at is None],
        "done": [one for one in kept if one.done_on is not None and one.archived_at is None],
        "aside": [one for one in kept if one.archived_at is not None],
        "writing": writing,
        "form": form,
        "today": queries.today(),
    }
    status = 422 if form.errors else 200
    return body_page(request, body, "overview", "network/decisions.html", context, status=status)


@require_POST
@body_view(Action.RECORD_DECISION)
def act(request: HttpRequest, body: Body, pk: UUID, act: str) -> HttpResponse:
    """Done today, put aside, taken up again."""
    decision = get_object_or_404(Decision.objects.select_related("body"), pk=pk, body=body)
    by = request.user
    if act == "done":
        rules.close_decision(by=by, decision=decision, on=queries.today())  # type: ignore[arg-type]
    elif act == "aside":
        rules.archive_decision(by=by, decision=decision, reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
    elif act == "again":
        rules.recover_decision(by=by, decision=decision)  # type: ignore[arg-type]
    else:
        raise Http404
    return redirect("network:decisions", body.slug)
