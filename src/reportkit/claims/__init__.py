"""What a Chinese text says about the figures of the statutory tables."""

from reportkit.claims.claim import KINDS, Claim, Reading
from reportkit.claims.reader import read_claims

__all__ = ["KINDS", "Claim", "Reading", "read_claims"]
