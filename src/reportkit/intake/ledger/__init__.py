"""Ledgers of requests, reviews and lawsuits: read line by line, and tallied into the statutory tables."""

from reportkit.intake.ledger.lines import Ledger, LedgerError, read_ledger
from reportkit.intake.ledger.record import Record
from reportkit.intake.ledger.tally import Tally, tally, tally_files

__all__ = ["Ledger", "LedgerError", "Record", "Tally", "read_ledger", "tally", "tally_files"]
