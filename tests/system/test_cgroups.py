"""The limits of a container are read wherever the kernel writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportkit.system.cgroups import cpu_quota, memory_limit
from system.containers import write_cgroup


def test_where_there_are_no_control_groups_there_is_no_limit(tmp_path: Path) -> None:
    assert cpu_quota(tmp_path) is None
    assert memory_limit(tmp_path) is None


def test_a_container_sees_its_own_group_at_the_top(tmp_path: Path) -> None:
    write_cgroup(tmp_path, **{"cpu.max": "150000 100000\n", "memory.max": "1073741824\n", "memory.high": "max\n"})
    assert cpu_quota(tmp_path) == 1.5
    assert memory_limit(tmp_path) == 1 << 30


def test_the_lowest_limit_of_a_group_and_those_above_it_holds(tmp_path: Path) -> None:
    service = "0::/system.slice/reports.service"
    write_cgroup(tmp_path, service, **{"cpu.max": "max 100000\n"})
    write_cgroup(tmp_path, service, "system.slice", **{"cpu.max": "200000 100000\n", "memory.max": "4000\n"})
    inner = {"cpu.max": "300000 100000\n", "memory.max": "max\n", "memory.high": "5000\n"}
    write_cgroup(tmp_path, service, "system.slice/reports.service", **inner)
    assert cpu_quota(tmp_path) == 2.0
    assert memory_limit(tmp_path) == 4000
    write_cgroup(tmp_path, service, "system.slice/reports.service", **{"memory.high": "3000\n"})
    assert memory_limit(tmp_path) == 3000


def test_a_service_without_a_limit_has_none(tmp_path: Path) -> None:
    write_cgroup(tmp_path, "0::/user.slice", "user.slice", **{"cpu.max": "max 100000", "memory.max": "max"})
    assert cpu_quota(tmp_path) is None
    assert memory_limit(tmp_path) is None


@pytest.mark.parametrize("folder", ["cpu,cpuacct", "cpu"])
@pytest.mark.parametrize("group", ["", "/docker/4711"])
def test_version_one_has_a_hierarchy_for_each_controller(folder: str, group: str, tmp_path: Path) -> None:
    cpu = {"cpu.cfs_quota_us": "50000\n", "cpu.cfs_period_us": "100000\n"}
    write_cgroup(tmp_path, "4:cpu,cpuacct:/docker/4711", f"{folder}{group}", **cpu)
    write_cgroup(tmp_path, "5:memory:/docker/4711", f"memory{group}", **{"memory.limit_in_bytes": "536870912\n"})
    write_cgroup(tmp_path, "9:name=systemd:/docker/4711")
    assert cpu_quota(tmp_path) == 0.5
    assert memory_limit(tmp_path) == 512 << 20


def test_version_one_without_a_limit(tmp_path: Path) -> None:
    write_cgroup(tmp_path, "1:cpu:/", "cpu", **{"cpu.cfs_quota_us": "-1\n", "cpu.cfs_period_us": "100000\n"})
    write_cgroup(tmp_path, "2:memory:/", "memory", **{"memory.limit_in_bytes": "9223372036854771712\n"})
    assert cpu_quota(tmp_path) is None
    assert memory_limit(tmp_path) is None


def test_both_versions_together(tmp_path: Path) -> None:
    write_cgroup(tmp_path, "3:memory:/a", "memory/a", **{"memory.limit_in_bytes": "7000"})
    write_cgroup(tmp_path, "0::/a", "unified/a", **{"cpu.max": "100000 50000"})
    assert memory_limit(tmp_path) == 7000
    assert cpu_quota(tmp_path) == 2.0


@pytest.mark.parametrize("content", ["", "\n", "much", "1e9", "-5", "0", "100000", "max", "½ 100000", "100000 0"])
def test_what_is_no_limit_is_none(content: str, tmp_path: Path) -> None:
    write_cgroup(tmp_path, **{"cpu.max": content})
    write_cgroup(tmp_path, "1:cpu:/", "cpu", **{"cpu.cfs_quota_us": content})
    assert cpu_quota(tmp_path) is None


@pytest.mark.parametrize("line", ["", "nonsense", "0:", "0::", "0::/../../elsewhere"])
def test_a_line_that_says_nothing_is_passed_over(line: str, tmp_path: Path) -> None:
    write_cgroup(tmp_path, line, **{"memory.max": "1000"})
    (tmp_path / "sys" / "elsewhere").mkdir()
    (tmp_path / "sys" / "elsewhere" / "memory.max").write_text("10")
    assert memory_limit(tmp_path) == (1000 if line.startswith("0::") else None)
