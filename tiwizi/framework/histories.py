"""How the trail of the strategic frame is told."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tiwizi.framework.models import Framework, Result, TargetGroup
from tiwizi.network.histories import Kind, tells
from tiwizi.network.histories.network import LIFE, day
from tiwizi.network.models import Body


def _tell(name: str, value: Any) -> str:
    return day(value) if name in LIFE else str(value or "")


def _overview(obj: Any, body: Body) -> str:
    return reverse("portal:body", args=[body.slug])


tells(
    Kind(
        Framework,
        _("Strategic plan"),
        acts={"adopt-framework": _("adopted the strategic plan")},
        labels=LIFE,
        bodies=lambda frame: [frame.body],
        address=_overview,
        related=("body",),
        teller=lambda frame, entries: _tell,
        parts=lambda frame: [*frame.results.all(), *frame.target_groups.all()],
    )
)
tells(
    Kind(
        Result,
        _("Intermediate result"),
        acts={"add-result": _("added an intermediate result")},
        labels={"number": _("Number")},
        bodies=lambda result: [result.framework.body],
        address=_overview,
        related=("framework__body",),
        teller=lambda result, entries: _tell,
    )
)
tells(
    Kind(
        TargetGroup,
        _("Target group"),
        acts={"add-target-group": _("added a target group")},
        labels={"code": _("Code")},
        bodies=lambda group: [group.framework.body],
        address=_overview,
        related=("framework__body",),
        teller=lambda group, entries: _tell,
    )
)
