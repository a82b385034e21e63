"""Every write of the strategic frame."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.framework.models import Framework, Result, TargetGroup
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, require

Names = dict[str, str]


def _may(by: User | None, body: Body) -> None:
    if by is not None:
        require(by, Action.MANAGE_NETWORK, body)


@transaction.atomic
def adopt_framework(
    *, by: User | None, body: Body, name: Names, objective: Names, start: date, end: date, currency: str = "EUR"
) -> Framework:
    """The strategic plan of a programme or country. Refused: `framework-order`, `framework-taken`."""
    _may(by, body)
    if end <= start:
        raise Refusal("framework-order", _("The strategic plan ends before it begins."), field="end")
    if Framework.objects.filter(body=body, start=start).exists():
        raise Refusal("framework-taken", _("This body already has a strategic plan that begins on this day."))
    frame = Framework.objects.create(body=body, name=name, objective=objective, start=start, end=end, currency=currency)
    audit.record("adopt-framework", frame, by=by, body=body.pk, after={"start": start, "end": end})
    return frame


@transaction.atomic
def add_result(
    *, by: User | None, framework: Framework, number: str, name: Names, illustrative: bool = False
) -> Result:
    """A numbered intermediate result, after those that stand. Refused: `result-taken`."""
    _may(by, framework.body)
    if framework.results.filter(number=number).exists():
        raise Refusal("result-taken", _("There is already a result with this number."), field="number")
    result = Result.objects.create(
        framework=framework, number=number, name=name, position=framework.results.count(), illustrative=illustrative
    )
    audit.record("add-result", result, by=by, body=framework.body_id, after={"number": number})
    return result


@transaction.atomic
def add_target_group(
    *, by: User | None, framework: Framework, code: str, name: Names, audience: bool = False
) -> TargetGroup:
    """A target group, or an audience of trainings. Refused: `target-group-taken`."""
    _may(by, framework.body)
    if framework.target_groups.filter(code=code).exists():
        raise Refusal("target-group-taken", _("There is already a target group with this code."), field="code")
    group = TargetGroup.objects.create(
        framework=framework, code=code, name=name, position=framework.target_groups.count(), audience=audience
    )
    audit.record("add-target-group", group, by=by, body=framework.body_id, after={"code": code})
    return group
