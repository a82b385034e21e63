"""Pages of documents: list, add, read, change, archive; and the files themselves, for who may read them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.forms import SEEN, Writing
from tiwizi.base.merging import Seen
from tiwizi.documents import content, queries, rules
from tiwizi.documents.forms import AddForm, ArchiveForm, ChangeForm, FilterForm, VersionForm
from tiwizi.documents.models import Document, DocumentVersion
from tiwizi.network.merges import fields_of, merge_page, tell_merged
from tiwizi.network.models import Body
from tiwizi.network.pages import BodyView, body_page, body_view
from tiwizi.network.permissions import Action, may

ON_A_PAGE = 50


def large_requests(action: Action) -> Callable[[BodyView], BodyView]:
    """A `body_view` that takes a file: its sender is known and allowed before anything of the request is read.

    To look for a form's token is to read the form with its files, so that check comes last here, not first.
    """

    def wrap(view: BodyView) -> BodyView:
        return csrf_exempt(body_view(action)(csrf_protect(view)))

    return wrap


@require_GET
@body_view(Action.READ)
def documents(request: HttpRequest, body: Body) -> HttpResponse:
    """The list, filtered; who may not read documents here is told why."""
    answer = may(request.user, Action.READ_DOCUMENTS, body)  # type: ignore[arg-type]
    if not answer:
        return body_page(request, body, "documents", "documents/documents.html", {"why_not": answer.reason})
    filters = FilterForm(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    found = queries.documents_of(
        body, kind=chosen.get("kind", ""), text=chosen.get("text", ""), archived=chosen.get("archived", False)
    )
    context = {
        "page": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")),
        "kept": queries.kept(body),
        "filters": filters,
        "filtered": any(chosen.values()),
        "archived": chosen.get("archived", False),
        "may_edit": may(request.user, Action.EDIT_DOCUMENTS, body),  # type: ignore[arg-type]
    }
    return body_page(request, body, "documents", "documents/documents.html", context)


@require_http_methods(["GET", "POST"])
@large_requests(Action.EDIT_DOCUMENTS)
def add(request: HttpRequest, body: Body) -> HttpResponse:
    """Add a document with its file."""
    form = AddForm(request.POST, request.FILES) if request.method == "POST" else AddForm(initial=request.GET.dict())
    if form.is_bound and form.is_valid():
        try:
            added = rules.add_document(by=request.user, body=body, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("“%(document)s” is kept.") % {"document": added})
            return redirect("documents:documents", body.slug)
    return _form_page(request, body, "documents/add.html", form)


@require_GET
@body_view(Action.READ_DOCUMENTS)
def document(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """One document with all its versions."""
    context = {
        "document": _found(body, pk),
        "may_edit": may(request.user, Action.EDIT_DOCUMENTS, body),  # type: ignore[arg-type]
    }
    return body_page(request, body, "documents", "documents/document.html", context)


@require_http_methods(["GET", "POST"])
@body_view(Action.EDIT_DOCUMENTS)
def change(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Change title, kind, day and note. What somebody else changed meanwhile is merged; what clashes is chosen."""
    found = _found(body, pk)
    start = {"kind": found.kind_id, "title": found.title, "date": found.date, "note": found.note}
    form = ChangeForm(request.POST or None, initial=dict(start))
    if form.is_bound and form.is_valid() and "again" not in request.POST:
        how, back = Writing.of(request.POST, found.pk).how, reverse("documents:document", args=[body.slug, pk])
        fields = fields_of(found, form.cleaned_data)
        try:
            kept = rules.change_document(by=request.user, document=found, **how, **form.cleaned_data)  # type: ignore[arg-type]
        except Conflict as conflict:
            return merge_page(request, body, "documents", conflict, fields, title=str(found), back=back)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("Kept."))
            tell_merged(request, kept.merged, fields)
            return redirect("documents:document", body.slug, pk)
    seen = request.POST.get(SEEN) or Seen(found.version, start).sealed(found.pk)
    return _form_page(request, body, "documents/change.html", form, {"document": found, "seen": seen})


@require_http_methods(["GET", "POST"])
@large_requests(Action.EDIT_DOCUMENTS)
def add_version(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """A new file takes the place of the latest one."""
    found = _found(body, pk)
    form = VersionForm(request.POST, request.FILES) if request.method == "POST" else VersionForm()
    if form.is_bound and form.is_valid():
        try:
            version = rules.add_version(by=request.user, document=found, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("Version %(number)s is kept.") % {"number": version.number})
            return redirect("documents:document", body.slug, pk)
    return _form_page(request, body, "documents/add_version.html", form, {"document": found})


@require_http_methods(["GET", "POST"])
@body_view(Action.EDIT_DOCUMENTS)
def archive(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Asked once, with its reason; the document can be put back."""
    found = _found(body, pk)
    form = ArchiveForm(request.POST) if request.method == "POST" else ArchiveForm()
    if form.is_bound and form.is_valid():
        try:
            rules.archive_document(by=request.user, document=found, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("“%(document)s” is archived. It can be put back.") % {"document": found})
            return redirect("documents:document", body.slug, pk)
    return _form_page(request, body, "documents/archive.html", form, {"document": found})


@require_POST
@body_view(Action.EDIT_DOCUMENTS)
def restore(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Put an archived document back."""
    found = rules.restore_document(by=request.user, document=_found(body, pk))  # type: ignore[arg-type]
    messages.success(request, _("“%(document)s” is in the list again.") % {"document": found})
    return redirect("documents:document", body.slug, pk)


@require_GET
@body_view(Action.READ_DOCUMENTS)
def file(request: HttpRequest, body: Body, pk: UUID, number: int) -> HttpResponseBase:
    """A version's content, to be saved and never shown by the browser as a page of ours."""
    version = next((one for one in _found(body, pk).versions.all() if one.number == number), None)
    if version is None:
        raise Http404
    return _attachment(version)


def _attachment(version: DocumentVersion) -> FileResponse:
    try:
        opened = version.stored.file.open("rb")
    except FileNotFoundError as error:
        sentence, hint = _("This file is not there any more."), _("Tell who runs the machine: a backup holds it.")
        raise Refusal("file-gone", sentence, hint, status=404) from error
    media_type = content.MEDIA_TYPES.get(version.file_name.rpartition(".")[2].lower(), "application/octet-stream")
    answer = FileResponse(opened, as_attachment=True, filename=version.file_name, content_type=media_type)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _form_page(
    request: HttpRequest, body: Body, template: str, form: Any, context: dict[str, Any] | None = None, *,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    status = 422 if form.errors else status
    return body_page(request, body, "documents", template, {"form": form} | (context or {}), status=status)


def _found(body: Body, pk: UUID) -> Document:
    found = queries.document_of(body, pk)
    if found is None:
        raise Http404
    return found
