"""The engine's one error."""


class EngineError(ValueError):
    """Input that does not fit: `field` names the place ("interventions[3].cost"), `sentence` says what was expected."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}" if field else sentence)
        self.field = field
        self.sentence = sentence

    def __reduce__(self) -> tuple[type["EngineError"], tuple[str, str]]:
        """So that it comes back from another process as it was."""
        return type(self), (self.field, self.sentence)
