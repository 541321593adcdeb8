"""A made-up city (示例) as a project: to see a whole city at once, and for tests and benchmarks to run on."""

from __future__ import annotations

from reportkit.demo.city import CityError
from reportkit.demo.faults import Fault
from reportkit.demo.project import SEED, Made, PresentError, make_city

__all__ = ["SEED", "CityError", "Fault", "Made", "PresentError", "make_city"]
