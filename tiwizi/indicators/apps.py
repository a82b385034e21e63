from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "tiwizi.indicators"
    label = "indicators"

    def ready(self) -> None:
        """Totals follow changes of groupings from wherever they come (`base.audit.upon`)."""
        from tiwizi.indicators import rules  # noqa: F401
