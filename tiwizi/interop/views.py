"""Pages of the workbook: download it, import it, see what it would change, undo it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiwizi.base.dry_runs import DryRun, summary
from tiwizi.base.errors import Refusal
from tiwizi.base.models import WorkbookImport
from tiwizi.interop import faults
from tiwizi.interop.agreed import collective_workbook
from tiwizi.interop.forms import WorkbookForm
from tiwizi.interop.imports import Read, keep
from tiwizi.interop.reader import read_plan_workbook
from tiwizi.interop.template import plan_workbook
from tiwizi.interop.words import LANGUAGES, SHEETS
from tiwizi.network.histories import Change
from tiwizi.network.models import Body, NetworkImport
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action
from tiwizi.plans import queries
from tiwizi.plans.models import Plan, PlanImport
from tiwizi.plans.queries.imports import import_of, imports_of
from tiwizi.plans.rules.imports import apply_import, check_import, discard_import, recover_import, undo_import
from tiwizi.pooling.queries import agreed_plan, may_read_round, round_of

T = TypeVar("T")
MOST_SHOWN = 200  # lines of each table; the figures count all
STATES = {
    PlanImport.State.CHECKED: gettext_lazy("Waits for you"),
    PlanImport.State.APPLIED: gettext_lazy("Imported"),
    PlanImport.State.UNDONE: gettext_lazy("Undone"),
    PlanImport.State.DISCARDED: gettext_lazy("Put aside"),
    # Of those that a worker may do.
    NetworkImport.State.CHECKING: gettext_lazy("Being looked at"),
    NetworkImport.State.APPLYING: gettext_lazy("Being imported"),
    NetworkImport.State.UNDOING: gettext_lazy("Being undone"),
}
LOOKS = {
    "checked": "wait", "applied": "good", "undone": "", "discarded": "",
    "checking": "wait", "applying": "wait", "undoing": "wait",
}  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Act = tuple[Callable[..., Any], dict[str, Any], Any]  # the rule, how, what is told when it is done
_ACTS: dict[str, Act] = {
    "apply": (apply_import, {}, gettext_lazy("The workbook is imported.")),
    "valid": (apply_import, {"valid_rows_only": True}, gettext_lazy("The rows without a fault are imported.")),
    "discard": (discard_import, {}, gettext_lazy("The workbook is put aside; nothing was changed.")),
    "recover": (recover_import, {}, gettext_lazy("The workbook waits for you again.")),
    "undo": (undo_import, {}, gettext_lazy("The import is undone: the plan is as it was before.")),
}


@require_GET
@body_view(Action.READ)
def agreed_workbook(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """The agreed collective plan of a round, in the reader's language, for those who may read the round."""
    round = round_of(body, pk)
    if round is None:
        raise Http404
    if not may_read_round(request.user, round):  # type: ignore[arg-type]
        hint = _("A round is read in its group and in its partnerships.")
        raise Refusal("not-allowed", _("You may not do this here."), hint, status=403)
    return workbook_answer(
        collective_workbook(agreed_plan(round), reader_language()), f"{body.slug}-{round.start:%Y-%m}"
    )


@require_GET
@body_view(Action.READ)
def plan_template(request: HttpRequest, body: Body) -> HttpResponse:
    """The plan as a workbook, in the reader's language."""
    plan = _plan(body)
    return workbook_answer(plan_workbook(plan, reader_language()), f"{body.slug}-{plan.start:%Y-%m}")


def reader_language() -> str:
    """The reader's language, among those that a workbook can have."""
    language = (get_language() or "fr").split("-")[0]
    return language if language in LANGUAGES else "fr"


def workbook_answer(data: bytes, name: str) -> HttpResponse:
    """A workbook to keep."""
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return response


@require_http_methods(["GET", "POST"])
@body_view(Action.EDIT_PLAN)
def plan_import(request: HttpRequest, body: Body) -> HttpResponse:
    """Upload a workbook; what it would change is shown next. A file that cannot be read is told here."""
    plan = _plan(body)
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    kept = brought(form, partial(read_plan_workbook, plan=plan), partial(check_import, by=request.user, plan=plan))  # type: ignore[arg-type]
    if kept is not None:
        return redirect("interop:import-detail", body.slug, kept.pk)
    earlier = [(one, STATES[one.state], LOOKS[one.state], summary(one)) for one in imports_of(plan)[:20]]  # type: ignore[index]
    context = {"form": form, "plan": plan, "earlier": earlier}
    status = 422 if form.errors else 200
    return body_page(request, body, "plan", "interop/plan_import.html", context, status=status)


def brought(form: WorkbookForm, read: Callable[[bytes], Read], check: Callable[..., T]) -> T | None:
    """An uploaded workbook, kept as a dry run; None when there is none, or when the form says why it cannot be read."""
    if not form.is_valid():
        return None
    file = form.cleaned_data["workbook"]
    data = file.read()
    reading = read(data)
    if reading.rows:
        return keep(check, reading=reading, data=data, filename=file.name)
    for fault in reading.faults[:MOST_SHOWN]:
        form.add_error("workbook", faults.located(fault))
    return None


@require_GET
@body_view(Action.EDIT_PLAN)
def import_detail(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """What a workbook would change, or has changed, with every fault by its cell."""
    found = _found(body, pk)
    return body_page(request, body, "plan", "interop/import_detail.html", facts_of(found) | _lists(found))


def facts_of(found: WorkbookImport) -> dict[str, Any]:
    """What the page of any import says of it, and what may be done with it."""
    figures, waits = summary(found), found.state == WorkbookImport.State.CHECKED
    return {
        "import": found,
        "state": STATES[found.state],  # type: ignore[index]
        "look": LOOKS[found.state],
        "figures": figures,
        "waits": waits,
        "most": MOST_SHOWN,
        "may_all": waits and not figures.faults and figures.valid > 0,
        "may_valid": waits and bool(figures.faults) and not figures.blocked and figures.valid > 0,
        "may_recover": found.state == WorkbookImport.State.DISCARDED,
        "may_undo": found.state == WorkbookImport.State.APPLIED and bool(found.undo),
    }


def _lists(found: PlanImport) -> dict[str, Any]:
    teller = queries.Teller(queries.Vocabulary(found.plan))
    return lists_of(
        found,
        title=lambda row: f"{row['reference']} {row['title']}".strip(),
        tell_fault=_tell_fault,
        tell_change=lambda change: {"told": _told(teller, change["fields"])},
    )


Row = dict[str, Any]
Tell = Callable[[Row], Row]


def lists_of(found: DryRun, *, title: Callable[[Row], str], tell_fault: Tell, tell_change: Tell) -> dict[str, Any]:
    """The tables of an import's page, each cut after `MOST_SHOWN` lines, with what a fault is about (`title` of its
    row) and what else is told of a fault and of a change."""
    levels: dict[str, list[Row]] = {"error": [], "warning": []}
    titles = {(row["sheet"], row["row"]): title(row) for row in found.changes}
    for fault in sorted(found.faults, key=_place):
        if len(levels[fault["level"]]) < MOST_SHOWN:
            about = titles.get((fault.get("sheet"), fault.get("row")), "")
            told = {"sentence": faults.sentence(fault), "about": about} | tell_fault(fault)
            levels[fault["level"]].append(fault | told)
    acts: dict[str, list[Row]] = {"new": [], "changed": []}
    for change in found.changes:
        if change["act"] in acts and len(acts[change["act"]]) < MOST_SHOWN:
            acts[change["act"]].append(change | tell_change(change))
    return {"faults": levels["error"], "warnings": levels["warning"], "added": acts["new"], "changed": acts["changed"]}


def _tell_fault(fault: Row) -> Row:
    return {
        "lists": sheet_of_lists(fault.get("sheet") or "", {"": SHEETS["activities"]})
        if fault["code"] in _CHOSEN
        else ""
    }


_CHOSEN = {"unknown-kind", "unknown-result", "unknown-target", "unknown-commune", "unknown-host", "unknown-body",
           "unknown-language"}  # fmt: skip


def sheet_of_lists(sheet: str, sheets: Mapping[str, Mapping[str, str]]) -> str:
    """The name of the sheet that holds what can be chosen, in the language of the workbook, else of the reader.
    `sheets`: what the sheets of such a workbook are called."""
    spoken = [language for names in sheets.values() for language, name in names.items() if name == sheet]
    here = get_language() or ""
    return SHEETS["lists"].get(here if here in spoken else (spoken or [here])[0], SHEETS["lists"]["fr"])


def _place(fault: dict[str, Any]) -> tuple[str, int, int, str]:
    """Where a fault stands, in the order of reading: sheet, row, column; what concerns a whole sheet or file first."""
    cell = fault.get("cell") or ""
    column = cell.rstrip("0123456789")
    return fault.get("sheet") or "", int(cell[len(column) :] or 0), len(column), column


def _told(teller: queries.Teller, fields: dict[str, list[Any]]) -> list[Change]:
    return [
        Change(queries.LABELS[name], teller.tell(name, before), teller.tell(name, after))
        for name, (before, after) in fields.items()
    ]


@require_POST
@body_view(Action.EDIT_PLAN)
def import_act(request: HttpRequest, body: Body, pk: str, act: str) -> HttpResponse:
    """Apply, discard or undo an import; a refusal is told on its page."""
    found = _found(body, uuid_of(pk))
    carry_out(request, _ACTS[act], plan_import=found)
    return redirect("interop:import-detail", body.slug, found.pk)


def carry_out(request: HttpRequest, act: Act, **about: Any) -> None:
    """Do an act on an import by its rule; what came of it is told on the next page."""
    rule, how, done = act
    try:
        made = rule(by=request.user, **about, **how)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, str(done(made) if callable(done) else done))


def uuid_of(pk: str) -> UUID:
    """A key out of an address that is matched by a pattern."""
    try:
        return UUID(pk)
    except ValueError as error:
        raise Http404 from error


def _plan(body: Body) -> Plan:
    """The body's plan; without one, the reader is told to open it."""
    plan = queries.plan_of(body)
    if plan is None:
        raise Refusal("no-plan", _("There is no plan yet."), _("Open the plan first."), status=404)
    return plan


def _found(body: Body, pk: UUID) -> PlanImport:
    found = import_of(body, pk)
    if found is None:
        raise Http404
    return found
