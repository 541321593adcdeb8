"""The statutory form as data: its sections, tables, rows, columns and identities, one file for each edition."""

from reportkit.form.editions import UnknownYearError, editions, form_for, read_form
from reportkit.form.model import (
    Addend,
    Block,
    Cell,
    Deadline,
    Equation,
    Form,
    FormError,
    Header,
    Identity,
    Roles,
    Section,
    Table,
    Term,
    Topic,
    UnknownPartError,
)

__all__ = [
    "Addend",
    "Block",
    "Cell",
    "Deadline",
    "Equation",
    "Form",
    "FormError",
    "Header",
    "Identity",
    "Roles",
    "Section",
    "Table",
    "Term",
    "Topic",
    "UnknownPartError",
    "UnknownYearError",
    "editions",
    "form_for",
    "read_form",
]
