"""What a Chinese text says about the figures of the statutory tables."""

from reportkit.claims.claim import KINDS, Claim

__all__ = ["KINDS", "Claim"]
