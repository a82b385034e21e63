"""Pages of the network workbook: download it, import it, see what it would change."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiwizi.base.dry_runs import summary
from tiwizi.interop.forms import WorkbookForm
from tiwizi.interop.network_reader import read_network_workbook
from tiwizi.interop.network_template import network_workbook
from tiwizi.interop.network_words import SHEETS, SIDES
from tiwizi.interop.views import (
    LOOKS,
    STATES,
    Act,
    brought,
    carry_out,
    facts_of,
    lists_of,
    reader_language,
    uuid_of,
    workbook_answer,
)
from tiwizi.network import histories, rules
from tiwizi.network.histories import Change
from tiwizi.network.histories.network import day, yes_or_no
from tiwizi.network.models import Body, BodyKind, NetworkImport, OrganisationKind
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, bodies_where
from tiwizi.network.queries import building
from tiwizi.network.rules.imports import OBSTACLES

_KINDS = {
    "levels": "network.bodykind", "kinds": "network.organisationkind", "organisations": "network.organisation",
    "bodies": "network.body", "groupings": "network.grouping", "seats": "network.membership",
    "contacts": "network.contact",
}  # fmt: skip
_ACTS: dict[str, Act] = {
    "apply": (rules.apply_network, {}, gettext_lazy("The workbook is imported.")),
    "valid": (
        rules.apply_network, {"valid_rows_only": True}, gettext_lazy("The rows without a fault are imported."),
    ),
    "discard": (rules.discard_network, {}, gettext_lazy("The workbook is put aside; nothing was changed.")),
    "recover": (rules.recover_network, {}, gettext_lazy("The workbook waits for you again.")),
    "undo": (rules.undo_network, {}, gettext_lazy("The import is undone: the network is as it was before.")),
}  # fmt: skip

_WORKING = {"checking", "applying", "undoing"}


@require_GET
@body_view(Action.MANAGE_NETWORK)
def template(request: HttpRequest, body: Body) -> HttpResponse:
    """The network of the programme as a workbook, in the reader's language."""
    read = bodies_where(request.user, Action.READ_PEOPLE)  # type: ignore[arg-type]
    return workbook_answer(network_workbook(body, reader_language(), read), f"{body.slug}-network")


@require_http_methods(["GET", "POST"])
@body_view(Action.MANAGE_NETWORK)
def upload(request: HttpRequest, body: Body) -> HttpResponse:
    """Upload a workbook; what it would change is shown next. A file that cannot be read is told here."""
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    kept = brought(form, read_network_workbook, partial(rules.check_network, by=request.user, body=body))  # type: ignore[arg-type]
    if kept is not None:
        return redirect("interop:network-import-detail", body.slug, kept.pk)
    earlier = [(one, STATES[one.state], LOOKS[one.state], summary(one)) for one in building.imports_of(body)]  # type: ignore[index]
    context = {"form": form, "earlier": earlier}
    status = 422 if form.errors else 200
    return body_page(request, body, "people", "interop/network_import.html", context, status=status)


@require_GET
@body_view(Action.MANAGE_NETWORK)
def detail(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """What a workbook would change, or has changed, with every fault by its cell."""
    found = _found(body, pk)
    job = building.job_of_import(found) if found.state in _WORKING else None
    facts = facts_of(found)
    context = facts | {
        "looking": found.state == NetworkImport.State.CHECKING,
        "rows_are": _("Row"),
        "may_recover": facts["may_recover"] or (job is not None and job.is_over),
        "job": job,
        "refused": OBSTACLES.get(found.refused, found.refused),
    }
    return body_page(request, body, "people", "interop/network_import_detail.html", context | _lists(found))


def _lists(found: NetworkImport) -> dict[str, Any]:
    tell, language = _teller(), reader_language()
    return lists_of(
        found,
        title=lambda row: str(row["title"]),
        tell_fault=lambda fault: {},
        tell_change=lambda change: {"told": tell(change), "part": SHEETS[change["part"]][language]},
    )


def _teller() -> Callable[[dict[str, Any]], list[Change]]:
    """Says the changed fields of a row in the reader's words."""
    kinds = {one.pk: str(one) for model in (BodyKind, OrganisationKind) for one in model._default_manager.all()}
    language = reader_language()
    words: Mapping[str, Callable[[Any], str]] = {
        "start": day, "end": day, "uncertain": yes_or_no, "kind": lambda code: kinds.get(code, code),
        "side": lambda side: SIDES[side][language] if side in SIDES else side,
    }  # fmt: skip

    def said(name: str, value: Any) -> str:
        return "" if value is None or value == "" else words.get(name, str)(value)

    def tell(change: dict[str, Any]) -> list[Change]:
        names = histories.kinds()[_KINDS[change["part"]]].labels
        return [Change(names[name], said(name, was), said(name, now)) for name, (was, now) in change["fields"].items()]

    return tell


@require_POST
@body_view(Action.MANAGE_NETWORK)
def act(request: HttpRequest, body: Body, pk: str, act: str) -> HttpResponse:
    """Apply, discard or recover an import; a refusal is told on its page."""
    found = _found(body, uuid_of(pk))
    rule, how, done = _ACTS[act]
    carry_out(request, (rule, how, partial(_told, done)), kept=found)
    return redirect("interop:network-import-detail", body.slug, found.pk)


def _told(done: Any, kept: NetworkImport) -> Any:
    """What is told after an act: that it is done, or that a worker does it."""
    return _("It is being done; you may leave this page.") if kept.state in _WORKING else done


def _found(body: Body, pk: UUID) -> NetworkImport:
    found = NetworkImport.objects.filter(body=body, pk=pk).select_related("body").first()
    if found is None:
        raise Http404
    return found
