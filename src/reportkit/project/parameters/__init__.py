"""Parameter files: read strictly, with every problem named, and written with the user's comments kept."""

from reportkit.project.parameters.names import Names
from reportkit.project.parameters.reading import read_parameters
from reportkit.project.parameters.schema import parameter_schema
from reportkit.project.parameters.writing import UnwritableError, new_parameters, write_parameters
from reportkit.project.parameters.yaml import Problem, TypedError, TypedFile, described

__all__ = [
    "Names",
    "Problem",
    "TypedError",
    "TypedFile",
    "UnwritableError",
    "described",
    "new_parameters",
    "parameter_schema",
    "read_parameters",
    "write_parameters",
]
