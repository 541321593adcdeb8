"""The Excel form: the statutory tables as a workbook that an official fills in, and the reading of filled ones.

Loads openpyxl, so import it only where a workbook is wanted.
"""

from reportkit.intake.workbook.exchange import forms_in, issue_form, save_form, save_forms
from reportkit.intake.workbook.filled import FilledForm, WorkbookError, read_workbook
from reportkit.intake.workbook.issued import new_workbook

__all__ = [
    "FilledForm",
    "WorkbookError",
    "forms_in",
    "issue_form",
    "new_workbook",
    "read_workbook",
    "save_form",
    "save_forms",
]
