"""The history of any object that is audited, and putting an earlier state of it back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.network import histories, rules
from tiwizi.network.forms import PutBackForm
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view

PAGE = 50


@require_safe
@body_view()
def history(request: HttpRequest, body: Body, code: str, pk: str) -> HttpResponse:
    """Who did what with an object, when, in whose name and why, latest first."""
    obj = _readable(request, body, code, pk)
    page = Paginator(histories.story(obj), PAGE).get_page(request.GET.get("page"))
    context = _about(obj, body) | {"events": page.object_list, "page": page}
    return body_page(request, body, histories.kind_of(obj).tab, "network/history.html", context)


@require_http_methods(["GET", "POST"])
@body_view()
def put_back(request: HttpRequest, body: Body, code: str, pk: str, entry: int) -> HttpResponse:
    """What would change if the state after an act stood again; a reason, and it does."""
    obj = _readable(request, body, code, pk)
    kind = histories.kind_of(obj)
    act = get_object_or_404(AuditEntry, pk=entry, object_type=kind.code, object_id=str(obj.pk))
    form = PutBackForm(request.POST or None, initial={"version": kind.version(obj)})
    if request.method == "POST" and form.is_valid():
        try:
            rules.put_back(by=request.user, body=body, obj=obj, entry=act, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            if refusal.status != 409:
                raise
            form.refused(refusal)
            obj.refresh_from_db()
            form.data = request.POST.copy()
            form.data["version"] = str(kind.version(obj))
        else:
            messages.success(request, _("It stands again as it was then."))
            return redirect(kind.address(obj, body))
    changes = histories.difference(obj, rules.earlier_state(obj, act)) if kind.put_back else []
    context = _about(obj, body) | {"form": form, "changes": changes, "at": act.at}
    status = 422 if form.errors else 200
    return body_page(request, body, kind.tab, "network/put_back.html", context, status=status)


def _about(obj: Model, body: Body) -> dict[str, Any]:
    kind = histories.kind_of(obj)
    told = {"object": obj, "title": kind.title(obj), "kind": kind.name, "code": kind.code}
    return told | {"back": kind.address(obj, body)}


def _readable(request: HttpRequest, body: Body, code: str, pk: str) -> Model:
    """The object of the address, if it belongs to this body and the person may read it; to others there is none."""
    obj = histories.find(code, pk)
    if obj is None:
        raise Http404
    kind = histories.kind_of(obj)
    if body not in kind.bodies(obj) or not kind.readable(request.user, obj, body):  # type: ignore[arg-type]
        raise Http404
    return obj
