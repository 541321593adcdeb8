"""Binding the figures of texts to the tables: what is offered, and what is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportkit.intake.binding import offer, put, put_into
from reportkit.project.folder import Project
from reportkit.project.parameters.reading import parse_parameters
from reportkit.system.errors import InputError

RECEIVED, GRANTED = "applications.received.total", "applications.granted.total"


def project_with(folder: Path, text: str, previous: str = "") -> Project:
    (folder / "notebooks").mkdir(exist_ok=True)
    for year, said in ((2022, previous), (2023, text)):
        (folder / "params" / str(year)).mkdir(parents=True, exist_ok=True)
        (folder / "params" / str(year) / "office.yaml").write_bytes(said.encode("utf-8"))
    (folder / "params" / "agencies.yaml").write_text("office: {name: 示例市示例局}\n", encoding="utf-8")
    return Project(folder)


def tables(received: int, granted: int) -> str:
    return f"applications:\n  received: {{company: {received}}}  # kept\n  granted: {{company: {granted}}}\n"


def test_a_figure_is_bound_and_all_else_stays_byte_for_byte(tmp_path: Path) -> None:
    text = tables(12, 9).replace("\n", "\r\n") + "narrative:\r\n  overview: |\r\n    全年新收政府信息公开申请12件。\r\n"
    project = project_with(tmp_path, text)
    offered = offer(project, "示例市示例局", 2023)
    put_into(project, offered, offered.replacements)
    path = project.params / "2023" / "office.yaml"
    assert path.read_bytes().decode() == text.replace("申请12件", f"申请{{{{ {RECEIVED} }}}}件")
    assert project.open_report("office", 2023).text("overview") == "全年新收政府信息公开申请12件。\n"
    assert not offer(project, "office", 2023).replacements


@pytest.mark.parametrize(
    ("said", "bound"),
    [
        ("全年新收政府信息公开申请12件", f"全年新收政府信息公开申请{{{{ {RECEIVED} }}}}件"),
        (
            "全年新收政府信息公开申请12件，同比增长20%",
            f"申请{{{{ {RECEIVED} }}}}件，同比增长{{{{ growth({RECEIVED}, 0) }}}}",
        ),
        ("全年新收政府信息公开申请12件，同比增长20.0%", f"同比增长{{{{ growth({RECEIVED}) }}}}"),
        ("全年新收政府信息公开申请12件，同比增长20.00%", f"同比增长{{{{ growth({RECEIVED}, 2) }}}}"),
        ("全年收到申请12件", None),  # with or without what was carried over
        ("全年行政诉讼0件", None),  # a sum of two cells
        ("全年新收政府信息公开申请13件", None),
        ("全年新收政府信息公开申请十二件", None),
        ("全年新收政府信息公开申请约12件", None),
        ("全年收到建议提案12件", None),
    ],
)
@pytest.mark.parametrize("style", ["|\n    {}", "{}", '"{}"', "'{}'"])
def test_only_what_is_certain_is_offered(tmp_path: Path, said: str, bound: str | None, style: str) -> None:
    text = f"{tables(12, 9)}narrative:\n  overview: {style.format(said)}\n"
    offered = offer(project_with(tmp_path, text, tables(10, 9)), "office", 2023)
    assert (bound in put(text, offered.replacements)) if bound else not offered.replacements


def test_a_figure_behind_one_that_is_bound_already_is_found_in_its_place(tmp_path: Path) -> None:
    said = f"9月起新收政府信息公开申请{{{{ {RECEIVED} }}}}件，予以公开9件"
    text = f"{tables(12, 9)}narrative:\n  overview: |\n    {said}\n"
    offered = offer(project_with(tmp_path, text), "office", 2023)
    assert f"件，予以公开{{{{ {GRANTED} }}}}件" in put(text, offered.replacements)


def test_a_file_that_changed_meanwhile_is_left(tmp_path: Path) -> None:
    text = tables(12, 9) + "narrative: {overview: 全年新收政府信息公开申请12件}\n"
    project = project_with(tmp_path, text)
    offered = offer(project, "office", 2023)
    project_with(tmp_path, text + "# more\n")
    with pytest.raises(InputError, match="changed meanwhile"):
        put_into(project, offered, offered.replacements)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 200),
    st.integers(0, 200),
    st.lists(
        st.sampled_from(
            [
                "全年新收政府信息公开申请{received}件。",
                "予以公开{granted}件，",
                "其中予以公开{granted}件，占{share}%；",
                "2023年收到申请{received}件",
                "同比增长{growth}%。",
                "\n",
                "无行政复议。",
            ]
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_what_is_bound_says_the_same_when_filled_in(
    tmp_path_factory: pytest.TempPathFactory, received: int, granted: int, clauses: list[str]
) -> None:
    share = f"{granted / received * 100:.1f}" if received else "0"
    growth = f"{(received - 40) / 40 * 100:.1f}"
    said = "一" + "".join(clauses).format(received=received, granted=granted, share=share, growth=growth)
    text = f"{tables(received, granted)}narrative:\n  overview: |\n" + "".join(
        f"    {line}\n" for line in said.split("\n")
    )
    project = project_with(tmp_path_factory.mktemp("bound"), text, tables(40, 20))
    report, offered = project.open_report("office", 2023), offer(project, "office", 2023)
    bound = parse_parameters(put(text, offered.replacements).encode(), report.agency, 2023, name="")
    assert bound.replace(previous=report.previous).narrative == report.narrative
