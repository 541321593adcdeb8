"""The error that all errors of input are: the person who gave it can mend it, and needs no traceback."""

__all__ = ["InputError"]


class InputError(Exception):
    """Something given to reportkit that it cannot use; the message says what, where, and what to do."""
