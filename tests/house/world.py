"""The cast with one thing of each kind that an address can name: what `addresses.py` points at."""

from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.files.base import ContentFile
from django.utils import timezone

from tests.factories import passkeys, rounds
from tests.factories.cast import Cast
from tests.factories.lending import stand_in
from tests.factories.results import Figures, figures_of
from tiwizi.base.models import AuditEntry, Job
from tiwizi.documents.models import Document
from tiwizi.documents.rules import add_document
from tiwizi.indicators.models import Evidence, IndicatorImport
from tiwizi.indicators.rules import attach_evidence, check_indicators, publish_results
from tiwizi.network import rules as network
from tiwizi.network.models import Decision, Delegation, Invitation, Mandate, NetworkImport
from tiwizi.plans.models import Activity, PlanImport
from tiwizi.plans.rules.imports import check_import
from tiwizi.pooling import rules as pooling
from tiwizi.pooling.models import Condition, Proposal, Round


@dataclass
class World:
    """The cast with one thing of each kind that an address can name; all of it Jette's or Souss-Massa's."""

    cast: Cast
    activity: Activity
    plan_import: PlanImport
    round: Round
    proposal: Proposal
    condition: Condition
    job: Job
    mandate: Mandate
    invitation: Invitation
    delegation: Delegation
    offer: Delegation
    passkey: Authenticator
    document: Document
    entry: AuditEntry
    decision: Decision
    figures: Figures
    network_import: NetworkImport
    indicator_import: IndicatorImport
    evidence: Evidence

    @property
    def shared_cell(self) -> str:
        return f"{self.figures.measured.trained.pk.hex}.{self.figures.together.pk.hex}"


def make_world(cast: Cast) -> World:
    round, proposal = rounds.proposed(cast)
    condition = pooling.forbid_pair(
        by=cast.animator, round=round, body=cast.jette, other_body=cast.etterbeek, reason="Non"
    )
    plan_import = check_import(
        by=cast.jette_coordinator, plan=cast.plan_jette, filename="plan.xlsx", entries=[], faults=[], sha256="0" * 64
    )
    job = Job.objects.filter(requested_by=cast.animator.pk).latest("created_at")
    activity = Activity.objects.get(plan=cast.plan_jette, reference="J1")
    mandate = Mandate.objects.get(user=cast.jette_coordinator)
    invitation = network.invite(
        by=cast.jette_coordinator, body=cast.jette, email="nouveau@test.example", role="elected", language="fr",
        site="http://testserver/",
    )  # fmt: skip
    today = timezone.localdate()
    delegation = stand_in(mandate, cast.elected, today, today)
    offer = network.lend_mandate(
        by=cast.jette_coordinator, mandate=mandate, email=cast.donor.email, start=today, end=today,
        site="http://testserver/",
    )  # fmt: skip
    passkey = passkeys.kept(cast.animator)
    TOTP.activate(cast.jette_coordinator, "ABCDEFGHIJKLMNOP")
    RecoveryCodes.activate(cast.jette_coordinator)
    document = add_document(
        by=cast.jette_coordinator, body=cast.jette, kind="agreement", title="Convention",
        file=ContentFile(b"%PDF-1.7\n%%EOF\n", name="convention.pdf"),
    )  # fmt: skip
    entry = AuditEntry.objects.filter(object_id=str(round.pk), act="open-round").latest("pk")
    decision = network.record_decision(
        by=cast.jette_coordinator, body=cast.jette, text="Le centre ouvre", day=date(2018, 1, 8), decided_by="Conseil"
    )
    network_import = network.check_network(
        by=cast.programme_coordinator,
        body=cast.programme,
        filename="reseau.xlsx",
        entries=[],
        faults=[],
        sha256="0" * 64,
    )
    figures = figures_of(cast)
    indicator_import = check_indicators(
        by=cast.programme_coordinator, framework=cast.framework, filename="mesure.xlsx", entries=[], faults=[],
        sha256="0" * 64,
    )  # fmt: skip
    evidence = attach_evidence(by=cast.jette_coordinator, measurement=figures.cell, document=document)
    publish_results(by=cast.programme_coordinator, body=cast.programme, reason="Chacun peut lire")
    return World(
        cast, activity, plan_import, round, proposal, condition, job, mandate, invitation, delegation, offer, passkey,
        document=document, entry=entry, decision=decision, figures=figures, network_import=network_import,
        indicator_import=indicator_import, evidence=evidence,
    )  # fmt: skip
