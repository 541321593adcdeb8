"""A module that lies beside the notebooks and is imported by them."""

import warnings

value = "from the module beside"


def double(number: int) -> int:
    return 2 * number


def fail(text: str) -> None:
    inner(text)


def inner(text: str) -> None:
    raise LookupError(text)


def warn() -> None:
    warnings.warn("from a module", stacklevel=1)


def deprecated() -> None:
    warnings.warn("deprecated, in a module", DeprecationWarning, stacklevel=1)
    warnings.warn("deprecated, for the caller", DeprecationWarning, stacklevel=2)
