"""The words for what happens in a round."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ACTS: dict[str, str | Promise] = {
    "open-round": gettext_lazy("opened the round"),
    "change-round": gettext_lazy("changed the rules of the round"),
    "set-partner": gettext_lazy("changed a partner's part in the round"),
    "set-kind": gettext_lazy("changed a kind of activity in the round"),
    "set-host": gettext_lazy("changed a place that receives"),
    "start-run": gettext_lazy("asked for a computation"),
    "stop-run": gettext_lazy("stopped the computation"),
    "complete-run": gettext_lazy("found the best plan"),
    "discard-run": gettext_lazy("set an overtaken computation aside"),
    "accept-part": gettext_lazy("accepted its part"),
    "refuse-part": gettext_lazy("refused its part"),
    "refuse-proposal": gettext_lazy("sent the proposal back"),
    "take-back-answer": gettext_lazy("took its answer back"),
    "agree-proposal": gettext_lazy("gave the last agreement: the activity is collective"),
    "release-proposal": gettext_lazy("put the proposal back into play"),
    "pin-host": gettext_lazy("pinned a place"),
    "fix-week": gettext_lazy("fixed a week"),
    "forbid-pair": gettext_lazy("kept two partners apart"),
    "lift-condition": gettext_lazy("lifted a decision"),
    "recover-condition": gettext_lazy("let a lifted decision bind again"),
    "put-back-round": gettext_lazy("put earlier rules of the round back"),
    "put-back-partner": gettext_lazy("put an earlier part in the round back"),
    "put-back-kind": gettext_lazy("put an earlier tariff back"),
    "put-back-host": gettext_lazy("put earlier terms of the place back"),
    "close-round": gettext_lazy("closed the round"),
}
