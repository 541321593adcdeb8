"""Ledgers of requests, reviews and lawsuits: read line by line, and tallied into the statutory tables."""

from reportkit.intake.ledger.ledger import Ledger, read_ledger
from reportkit.intake.ledger.record import Record
from reportkit.intake.ledger.sheet import LedgerError
from reportkit.intake.ledger.tally import Tally, tally, tally_files
from reportkit.intake.ledger.taught import require_meant, taught_words, teach

__all__ = [
    "Ledger",
    "LedgerError",
    "Record",
    "Tally",
    "read_ledger",
    "require_meant",
    "tally",
    "tally_files",
    "taught_words",
    "teach",
]
