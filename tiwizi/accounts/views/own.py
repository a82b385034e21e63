"""An account's own page, and the sessions that are open."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tiwizi.accounts import queries, rules


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and how one signs in."""
    sessions = queries.sessions_of(request.user)  # type: ignore[arg-type]
    context = {
        "second_factor": queries.has_second_factor(request.user),  # type: ignore[arg-type]
        "sessions": [
            (one, queries.device_name(one.user_agent), one.session_key == request.session.session_key)
            for one in sessions
        ],
    }
    return render(request, "accounts/account.html", context)


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one other device."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    rules.end_session(by=request.user, session=session)  # type: ignore[arg-type]
    messages.success(request, _("That device is signed out."))
    return redirect("accounts:account")


@require_POST
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out every other device."""
    rules.end_other_sessions(by=request.user, here=str(request.session.session_key))  # type: ignore[arg-type]
    messages.success(request, _("Every other device is signed out."))
    return redirect("accounts:account")
