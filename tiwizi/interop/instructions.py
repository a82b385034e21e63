"""What the sheet of instructions says, in the language that is active."""

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tiwizi.base import wording
from tiwizi.interop.words import HEADERS
from tiwizi.plans.models import Plan

# field -> what to write, example
_MEANINGS: dict[str, tuple[str | Promise, str]] = {
    "reference": (
        gettext_lazy("Short and unique in the plan. It finds the activity again. Empty: a new one."),
        "A12",
    ),
    "title": (gettext_lazy("What will be done, in one line."), ""),
    "result": (gettext_lazy("Choose from the list."), ""),
    "main_target": (gettext_lazy("Choose from the list."), ""),
    "other_targets": (gettext_lazy("Choose one from the list, or type several, parted by semicolons."), ""),
    "kind": (gettext_lazy("Choose from the list. Activities of the same kind can be done together."), ""),
    "commune": (gettext_lazy("Only where the partnership has several communes in the South."), ""),
    "window_start": (gettext_lazy("First day possible: a date, a month or a week, from its Monday."), "2017-W36"),
    "window_end": (gettext_lazy("Last day possible; it counts until its Sunday."), "2017-12-31"),
    "participants": (gettext_lazy("A whole number. Leave it empty when it is not known yet; never write 0."), "25"),
    "languages": (gettext_lazy("The languages of the activity, parted by semicolons."), ""),
    "cost_cents": (gettext_lazy("What it costs if you do it alone. Empty: not known yet. 0: free."), "4200"),
    "cost_basis": (gettext_lazy("A quote, a past activity, a tariff..."), ""),
    "priority": (gettext_lazy("From 1 (least) to 5 (most). Empty means 3."), "3"),
    "mandatory": (gettext_lazy("Yes when it must be done. Empty means no."), ""),
    "poolable": (gettext_lazy("No when it must not be done together with others. Empty means yes."), ""),
    "hosts": (gettext_lazy("Where it may take place, parted by semicolons. Empty: anywhere in the group."), ""),
    "avoid": (gettext_lazy("Partnerships not to be put together with, parted by semicolons."), ""),
    "note": (gettext_lazy("Anything else that partners should know."), ""),
}  # fmt: skip


def instructions(plan: Plan) -> list[tuple[str, ...]]:
    """The lines of the sheet: one text, or a column's header with its meaning and an example."""
    language = (get_language() or "fr").split("-")[0]
    period = {"first": wording.day(plan.start), "last": wording.day(plan.end)}
    lines: list[tuple[str, ...]] = [
        (_("One row is one activity. Columns marked with * are needed."),),
        (_("The plan runs from %(first)s to %(last)s.") % period,),
        (_("Change what you like, add rows below, then import the file on the page of the plan."),),
        (_("Nothing is changed before you have seen what would change."),),
        (_("A row that you delete here stays in the plan: archive it there."),),
        (_("Do not write names of persons."),),
        ("",),
        (_("Column"), _("What to write"), _("Example")),
    ]
    return lines + [(HEADERS[name][language], str(meaning), example) for name, (meaning, example) in _MEANINGS.items()]
