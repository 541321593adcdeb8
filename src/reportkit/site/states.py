"""The states that a report can be in, worst first: how the site names each, what it means, and what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reportkit.checks import SEVERITIES, WAIVED

__all__ = ["STATES", "State"]


@dataclass(frozen=True, slots=True)
class State:
    """A state of a report, as officials know it.

    Parameters
    ----------
    key
        What programs call it.
    word
        What people call it.
    sign
        A sign that stands for the word.
    meaning
        What it means, in a sentence.
    action
        What is to be done, in a sentence.
    """

    key: str
    word: str
    sign: str
    meaning: str
    action: str


_ALL = (
    State(
        "failed",
        "失败",
        "!",
        "已报送参数文件，但最近一次没有生成成功。如还能打开页面，看到的是此前生成的。",
        "在总目录中点开机关名称，查看失败原因。参数文件填写有误的，由填报机关改正；其他原因，由负责生成的人员处理。",
    ),
    State(
        "withheld",
        "不宜公开",
        "⊘",
        "存在尚未处理的错误，因此没有生成公开版，不得对外发布。",
        "打开审阅版，逐项改正错误；如情况属实，在参数文件中写明豁免理由。然后重新生成。",
    ),
    State(
        "error",
        SEVERITIES["error"].word,
        SEVERITIES["error"].sign,
        "存在尚未处理的错误，例如各项数字之间不符合勾稽关系。",
        "打开审阅版，点开各项错误，核对所指的单元格或文字，改正后重新生成。公开前应当全部处理完毕。",
    ),
    State(
        "missing",
        "未报送",
        "–",
        "没有该机关这一年度的参数文件，即尚未报送。",
        "在总目录的“催报”中复制名单，或下载催报名单，向有关机关催报。",
    ),
    State(
        "waiting",
        "未生成",
        "…",
        "已报送参数文件，但还没有生成页面。",
        "请负责生成的人员重新生成一次。",
    ),
    State(
        "warning",
        SEVERITIES["warning"].word,
        SEVERITIES["warning"].sign,
        "没有错误，但有需要人工核实的地方。",
        "打开审阅版，逐项核实：确有问题的，予以改正；属实的，在参数文件中写明豁免理由。",
    ),
    State(
        "waived",
        WAIVED.word,
        WAIVED.sign,
        "没有尚未处理的错误和警告，但有的问题是经人确认后豁免的。",
        "打开审阅版，核对豁免理由和确认人是否妥当。",
    ),
    State(
        "unjudged",
        "无法判断",
        "?",
        "没有发现错误和警告，但有的规则缺少依据，无法判断，例如没有上一年度的报告。",
        "能补齐上一年度或者下级机关的报告的，补齐后重新生成；不能补齐的，请人工核对。",
    ),
    State(
        "info",
        SEVERITIES["info"].word,
        SEVERITIES["info"].sign,
        "没有错误和警告，只有供参考的提示。",
        "打开审阅版看一看即可，不必改正。",
    ),
    State(
        "clean",
        "未发现问题",
        "✓",
        "全部规则都已判断，没有发现问题。",
        "可以按程序审核、公开。",
    ),
)

STATES: Mapping[str, State] = {state.key: state for state in _ALL}
"""The states by key, the worst first."""
