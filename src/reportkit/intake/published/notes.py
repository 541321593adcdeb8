"""What is doubtful about a published report, and what was not found, collected while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from reportkit.intake.published.tables import Guess

__all__ = ["Notes"]


@dataclass
class Notes:
    """What is doubtful and what is missing, so far.

    Parameters
    ----------
    guesses
        What was read, but not with certainty.
    missing
        What was not found, or was left out.
    """

    guesses: list[Guess] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def guess(self, what: str, said: str, sure: float, where: str = "") -> None:
        """Note something that was read, but not with certainty."""
        self.guesses.append(Guess(what, said, sure, where))

    def miss(self, what: str) -> None:
        """Note something that was not found, or was left out."""
        self.missing.append(what)
