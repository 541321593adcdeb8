"""The tables of open data, column by column: what a table's files hold, and how they are described to the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AGENCIES", "CLAIMS", "DIGITS", "FIGURES", "FINDINGS", "TABLES", "Column", "DataTable"]

# So many digits after the point a number has in a Parquet file, where a column has one precision for all its rows.
DIGITS = 10
# How each type of the Table Schema is called in SQL.
_IN_SQL = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": f"DECIMAL(38, {DIGITS})",
    "boolean": "BOOLEAN",
    "array": "VARCHAR[]",
}

_Type = Literal["string", "integer", "number", "boolean", "array", "object"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table of open data.

    Parameters
    ----------
    name
        What programs call it.
    title
        What people call it, in Chinese.
    description
        What stands in it, in Chinese.
    type
        What it holds, in the words of the Table Schema.
    nested
        Its type in SQL, where that of its `type` does not say all.

    Examples
    --------
    >>> Column("year", "年度", type="integer").sql
    'BIGINT'
    """

    name: str
    title: str
    description: str = ""
    type: _Type = "string"
    nested: str = ""

    @property
    def sql(self) -> str:
        """Its type in SQL."""
        return self.nested or _IN_SQL[self.type]


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table of open data.

    Parameters
    ----------
    name
        What it is called in queries, and its file up to the ending.
    ending
        The ending of its file: parquet or csv.
    title, description
        What it is, in Chinese.
    columns
        Its columns.
    key
        The columns that tell its rows apart; empty where nothing does.
    """

    name: str
    ending: Literal["parquet", "csv"]
    title: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.{self.ending}"


_AGENCY = Column("agency", "机关标识", "agencies 表中的标识")
_YEAR = Column("year", "报告年度", "年度报告所报告的年度", "integer")

FIGURES = DataTable(
    "figures",
    "parquet",
    "数据",
    "年度报告各统计表的每一单元格，一格一行，按年度、机关和表格顺序排列。",
    (
        _AGENCY,
        Column("agency_name", "机关名称", "编制报告时的全称"),
        Column("parent", "上级机关标识", "没有的为空"),
        Column("level", "机关层级", "department 为部门，government 为人民政府"),
        _YEAR,
        Column("form", "格式版本", "统计表所依据的规定格式，以发布年份命名"),
        Column("address", "单元格地址", "table.row.column"),
        Column("table", "表", "键名"),
        Column("row", "行", "键名，可含有点"),
        Column("column", "列", "键名"),
        Column("table_label", "表名"),
        Column("row_label", "行名", "规定格式的原文，前面是其上各级的名称"),
        Column("column_label", "列名", "规定格式的原文，前面是其上各级的名称"),
        Column(
            "role",
            "含义",
            "各版本格式相同的含义：received、carried_in、carried_out、pending；其他行、列为空，格式没有的也为空",
        ),
        Column("total", "是否合计", "由其他单元格相加得出的为真", "boolean"),
        Column(
            "value",
            "数值",
            f"以 unit 为单位的精确数值，空白单元格为空；整数超过{38 - DIGITS}位或者小数超过{DIGITS}位的也为空，见 text",
            "number",
        ),
        Column("unit", "单位", "数值的单位；件数没有单位，为空"),
        Column("text", "原文", "报告中的写法；空白单元格为空"),
        Column("kind", "类别", "规定格式对单元格的要求：count、change、money、amount 等"),
        Column("source", "来源", "stated 为参数文件写明，default 为没有写明而计为0，computed 为由其他单元格相加得出"),
    ),
    ("agency", "year", "address"),
)
FINDINGS = DataTable(
    "findings",
    "parquet",
    "校验问题",
    "对每份报告校验发现的问题，与 findings.json 相同，一个问题一行。",
    (
        _AGENCY,
        _YEAR,
        Column("rule", "校验规则"),
        Column("severity", "严重程度", "error 为错误，warning 为警告，info 为提示"),
        Column("cells", "单元格", "涉及的单元格地址", "array"),
        Column("quote", "原文", "涉及的文字"),
        Column("expected", "应为"),
        Column("actual", "实为"),
        Column("message", "问题"),
        Column("basis", "依据"),
        Column(
            "waived",
            "豁免",
            "理由（reason）和决定人（by）；没有豁免的为空",
            "object",
            'STRUCT(reason VARCHAR, "by" VARCHAR)',
        ),
        Column("place", "位置", "文件（file）和行（line）", "object", "STRUCT(file VARCHAR, line VARCHAR)"),
        Column("suggestion", "建议"),
    ),
)
CLAIMS = DataTable(
    "claims",
    "parquet",
    "文字表述",
    "报告正文关于统计表数据的每一处表述，一处一行，按在正文中的顺序排列。",
    (
        _AGENCY,
        _YEAR,
        Column("section", "部分", "键名"),
        Column("quote", "原文"),
        Column("start", "起点", "在该部分文字中的位置", "integer"),
        Column("end", "终点", "在该部分文字中的位置", "integer"),
        Column("kind", "类别", "count、part、denial、share、growth、period"),
        Column("value", "数值", "比例和增长率为百分数", "number"),
        Column("unit", "单位"),
        Column("approximate", "是否约数", type="boolean"),
        Column("claim_year", "所述年度", "文字所说的年度", "integer"),
        Column("readings", "所指", "文字可能指的各组单元格，每组相加", "array", "VARCHAR[][]"),
        Column("of", "整体", "比例或者部分所属的整体，每组单元格相加", "array", "VARCHAR[][]"),
        Column("about", "其他事项", "没有单元格的事项：handling_fee 为信息处理费"),
        Column("holds", "是否属实", "与统计表一致的为真，不一致的为假，无法比较的为空", "boolean"),
    ),
)
AGENCIES = DataTable(
    "agencies",
    "csv",
    "机关",
    "编制年度报告的机关，一个机关一行。",
    (
        Column("agency", "机关标识"),
        Column("name", "名称", "全称"),
        Column("short", "简称"),
        Column("level", "层级", "department 为部门，government 为人民政府"),
        Column("parent", "上级机关标识", "没有的为空"),
    ),
    ("agency",),
)
TABLES = (FIGURES, FINDINGS, CLAIMS, AGENCIES)
"""All of them, in the order in which they are described."""
