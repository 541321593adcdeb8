"""A made-up city with much that is wrong, and what its reports say."""

from __future__ import annotations

from pathlib import Path

from reportkit.checks import check
from reportkit.demo import make_city
from reportkit.project.folder import Project, ReportKey
from reportkit.system.errors import InputError


def make_odd_city(root: Path) -> Project:
    """A city with bodies whose entry, or whose report, cannot be read or is missing."""
    make_city(root, agencies=30, years=range(2020, 2024), faults=20)
    project = Project(root)
    register = project.params / "agencies.yaml"
    bodies = [agency.id for agency in project.agencies.values() if agency.parent]
    text = register.read_text()
    for spoilt in bodies[2::9]:
        text = text.replace(f"\n{spoilt}:\n", f"\n{spoilt}:\n  nonsense: 1\n")
    register.write_text(text)
    for spoilt in bodies[3::9]:
        (project.params / "2022" / f"{spoilt}.yaml").write_text("nonsense: [\n")
    for missing in bodies[4::9]:
        (project.params / "2022" / f"{missing}.yaml").unlink()
    for misnamed in bodies[5::9]:
        path = project.params / "2023" / f"{misnamed}.yaml"
        path.rename(path.with_suffix(".yml"))
    government = next(
        agency for agency in Project(root).agencies.values() if agency.level == "government" and agency.parent
    )
    (project.params / "2021" / f"{government.id}.yaml").unlink()
    return Project(root)


def described_or_error(project: Project, key: ReportKey) -> object:
    """A report and all that the checks find in it; or why it cannot be opened."""
    try:
        report = project.open_report(key.agency, key.year)
    except InputError as error:
        return str(error)
    years, below = [report], report.below
    while years[-1].previous:
        years.append(years[-1].previous)
    bodies = below and (below.reports, below.missing, [agency for agency, _ in below.unreadable])
    return years, bodies, [finding.as_json() for finding in check(report)]
