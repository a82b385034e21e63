"""Pages of the workbook of indicators: download it, import it, see what it would change, undo it."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiwizi.base import wording
from tiwizi.base.dry_runs import summary
from tiwizi.indicators import rules
from tiwizi.indicators.models import IndicatorImport
from tiwizi.indicators.queries.book import Defined, day_of, imports_of, number_of
from tiwizi.indicators.rules.judging import ARCHIVED
from tiwizi.indicators.views.results import framework_for
from tiwizi.interop import faults
from tiwizi.interop.forms import WorkbookForm
from tiwizi.interop.indicator_reader import read_indicator_workbook
from tiwizi.interop.indicator_template import indicator_workbook, words_of
from tiwizi.interop.indicator_words import HEADERS, SHEETS
from tiwizi.interop.views import (
    LOOKS,
    STATES,
    Act,
    Row,
    brought,
    carry_out,
    facts_of,
    lists_of,
    reader_language,
    sheet_of_lists,
    uuid_of,
    workbook_answer,
)
from tiwizi.network.histories import Change
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action

_ACTS: dict[str, Act] = {
    "apply": (rules.apply_indicators, {}, gettext_lazy("The workbook is imported.")),
    "valid": (
        rules.apply_indicators, {"valid_rows_only": True}, gettext_lazy("The rows without a fault are imported."),
    ),
    "discard": (rules.discard_indicators, {}, gettext_lazy("The workbook is put aside; nothing was changed.")),
    "recover": (rules.recover_indicators, {}, gettext_lazy("The workbook waits for you again.")),
    "undo": (
        rules.undo_indicators, {},
        gettext_lazy("The import is undone: what it changed is as before, what it added is put away."),
    ),
}  # fmt: skip
LISTS = ("sets", "reporters")
SHORT = 3  # names that are told whole
_CHOSEN = {
    "counts": "counts", "calculation": "calculations", "direction": "directions",
    "frequency": "frequencies", "public": "answers", "sets": "sets", "reporters": "who",
}  # fmt: skip


@require_GET
@body_view(Action.DEFINE_INDICATORS)
def template(request: HttpRequest, body: Body) -> HttpResponse:
    """What is measured as a workbook, in the reader's language; `?empty=1`: a form to fill in."""
    empty = request.GET.get("empty") == "1"
    data = indicator_workbook(framework_for(body), reader_language(), empty=empty)
    return workbook_answer(data, f"{body.slug}-indicators")


@require_http_methods(["GET", "POST"])
@body_view(Action.DEFINE_INDICATORS)
def upload(request: HttpRequest, body: Body) -> HttpResponse:
    """Upload a workbook; what it would change is shown next. A file that cannot be read is told here."""
    framework = framework_for(body)
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    check = partial(rules.check_indicators, by=request.user, framework=framework)  # type: ignore[arg-type]
    kept = brought(form, read_indicator_workbook, check)
    if kept is not None:
        return redirect("interop:indicator-import-detail", body.slug, kept.pk)
    earlier = [(one, STATES[one.state], LOOKS[one.state], summary(one)) for one in imports_of(framework)]  # type: ignore[index]
    context = {"form": form, "earlier": earlier, "framework": framework, "here": "import"}
    status = 422 if form.errors else 200
    return body_page(request, body, "results", "interop/indicator_import.html", context, status=status)


@require_GET
@body_view(Action.DEFINE_INDICATORS)
def detail(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """What a workbook would change, or has changed, with every fault by its cell."""
    found = _found(body, pk)
    context = facts_of(found) | {"rows_are": _("Row")} | _lists(found)
    return body_page(request, body, "results", "interop/indicator_import_detail.html", context)


def _lists(found: IndicatorImport) -> dict[str, Any]:
    teller, language = _Teller(Defined(found.framework)), reader_language()
    return lists_of(
        found,
        title=lambda row: str(row["title"]),
        tell_fault=teller.fault,
        tell_change=lambda change: {"told": teller.change(change), "part": SHEETS[change["part"]][language]},
    )


class _Teller:
    """Says flat texts in the reader's words."""

    def __init__(self, defined: Defined) -> None:
        self.defined, self.language = defined, reader_language()
        self.words = words_of(defined, self.language)

    def said(self, name: str, text: str) -> str:
        known = self.words.get(_CHOSEN.get(name, ""), {})
        if name in LISTS:
            return ", ".join(known.get(code, code) for code in text.split(";"))
        if name in ("start", "end", "baseline_date"):
            day = day_of(text)
            return wording.day(day) if day else text
        if name in ("baseline", "value") and text:
            number = number_of(text)
            return wording.number(number, _digits(text)) if number is not None and number.is_finite() else text
        return known.get(text, text)

    def change(self, change: Row) -> list[Change]:
        """The changed fields of a row."""
        names = HEADERS[change["part"]] | {ARCHIVED: {self.language: _("Put away")}}
        return [
            Change(names[name][self.language], *self._both(name, *texts)) for name, texts in change["fields"].items()
        ]

    def _both(self, name: str, was: str, now: str) -> tuple[str, str]:
        """Before and after; of a long list only what differs."""
        if name == ARCHIVED:
            return self.words["answers"].get(was, was), self.words["answers"].get(now, now)
        if name == "reporters" and was and now and max(was.count(";"), now.count(";")) > SHORT:
            one, other = self.defined.who(was), self.defined.who(now)
            gone, come = (self.defined.who_text(those) for those in (one - other, other - one))
            return self._among_others(gone), self._among_others(come)
        return self.said(name, was), self.said(name, now)

    def _among_others(self, text: str) -> str:
        return f"…, {self.said('reporters', text)}" if text else "…"

    def fault(self, fault: Row) -> Row:
        """Codes in the parameters of a fault as words; where one may look for what can be chosen."""
        told = {
            name: self.said(fault.get("field", ""), str(value)) or "—" if name in ("was", "now") else value
            for name, value in fault.get("params", {}).items()
        }
        chosen = fault["code"] in ("choice-unread", "not-known")
        lists = sheet_of_lists(fault.get("sheet") or "", SHEETS) if chosen else ""
        sentence = faults.sentence(fault | {"params": told})
        return {"sentence": self._of_column(fault, sentence), "lists": lists}

    def _of_column(self, fault: Row, sentence: str) -> str:
        """The sentence with the name of its column, where it has one."""
        name = fault.get("field", "")
        parts = [part for part in HEADERS if name in HEADERS[part]]
        parts.sort(key=lambda part: fault["sheet"] not in SHEETS[part].values())  # that of the sheet first
        return faults.at(HEADERS[parts[0]][name][self.language], sentence) if parts else sentence


def _digits(text: str) -> int:
    return len(text.partition(".")[2])


@require_POST
@body_view(Action.DEFINE_INDICATORS)
def act(request: HttpRequest, body: Body, pk: str, act: str) -> HttpResponse:
    """Apply, discard, recover or undo an import; a refusal is told on its page."""
    found = _found(body, uuid_of(pk))
    carry_out(request, _ACTS[act], kept=found)
    return redirect("interop:indicator-import-detail", body.slug, found.pk)


def _found(body: Body, pk: UUID) -> IndicatorImport:
    those = IndicatorImport.objects.filter(framework=framework_for(body), pk=pk)
    found = those.select_related("framework__body__kind").first()
    if found is None:
        raise Http404
    return found
