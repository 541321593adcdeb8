"""Wherever reports go, files are written whole, found again, and read as they were written."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from build.places import PlainFileSystem, StoreFileSystem
from reportkit.build.output import BucketOutput, FolderOutput, Output, OutputError, RecordedOutput, output_at
from reportkit.build.output.stores import scheme_of, store_of


@pytest.fixture(params=["folder", "file", "store", "plain"])
def output(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Output]:
    urls = {
        "folder": str(tmp_path / "out put"),
        "file": f"file://{tmp_path / 'out put'}",
        "store": "gs://bucket/out put/",
        "plain": f"plain://{tmp_path / 'out put'}",
    }
    yield output_at(urls[request.param])
    StoreFileSystem.store.clear()
    StoreFileSystem.pseudo_dirs[:] = [""]


def test_an_output_that_is_not_there_yet_is_empty(output: Output) -> None:
    assert output.sizes(["2023/office"]) == {"2023/office": {}}
    assert list(output.folders()) == []
    assert output.read(["2023/office/build.json"]) == {}
    output.remove(["2023/office/build.json"])


def test_what_is_written_is_read_again_and_replaced_whole(output: Output) -> None:
    for content in ("年度报告".encode(), b"", b"2" * 100_000):
        output.write("2023/office/report.html", content)
        assert output.read(["2023/office/report.html", "2023/office/other"]) == {"2023/office/report.html": content}
        assert output.sizes(["2023/office"]) == {"2023/office": {"report.html": len(content)}}


def test_what_is_removed_is_gone_and_may_have_been_gone_before(output: Output) -> None:
    output.write("2023/office/a", b"1")
    output.write("2023/office/b", b"1")
    output.remove(["2023/office/a", "2023/office/never"])
    assert output.sizes(["2023/office"]) == {"2023/office": {"b": 1}}


def test_the_folders_are_those_of_reports_by_year_and_agency(output: Output) -> None:
    for name in ("2023/office/a", "2022/office/a", "2023/bureau/a", "assets/library.js", "index.html", "abcd/x/y"):
        output.write(name, b"1")
    assert list(output.folders()) == ["2022/office", "2023/bureau", "2023/office"]


def test_sizes_of_few_and_of_many_folders_are_the_same(output: Output) -> None:
    folders = [f"{year}/agency-{number}" for year in (2022, 2023) for number in range(6)]
    for length, folder in enumerate(folders):
        output.write(f"{folder}/report.html", b"x" * length)
    wanted = {folder: {"report.html": length} for length, folder in enumerate(folders)}
    wanted["2021/agency-0"] = {}
    assert output.sizes([*folders, "2021/agency-0"]) == wanted
    for folder in wanted:
        assert output.sizes([folder]) == {folder: wanted[folder]}
    assert output.sizes(["2022/agency"]) == {"2022/agency": {}}


def test_an_output_is_found_again_by_its_url(output: Output) -> None:
    output.write("2023/office/a", b"1")
    assert output_at(output.url).read(["2023/office/a"]) == {"2023/office/a": b"1"}
    assert output.address("2023/office/a").endswith("out put/2023/office/a")


def test_nothing_but_what_was_written_is_there(output: Output) -> None:
    output.write("2023/office/a", b"1")
    output.write("2023/office/a", b"2")
    assert output.sizes(["2023/office"]) == {"2023/office": {"a": 1}}


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    output = FolderOutput(tmp_path)
    output.write("2023/office/a", b"1")
    left = tmp_path / "2023" / "office" / ".a.99999999-4.part"
    left.write_text("half")
    assert output.sizes(["2023/office"]) == {"2023/office": {"a": 1}}
    assert not left.exists()


def test_where_files_appear_as_they_are_written_they_are_so_under_another_name(tmp_path: Path) -> None:
    PlainFileSystem.written.clear()
    output_at(f"plain://{tmp_path}").write("2023/office/a", b"1")
    assert PlainFileSystem.written == [f"{tmp_path}/2023/office/a.part"]
    assert (tmp_path / "2023" / "office" / "a").read_bytes() == b"1"


def test_a_url_that_leads_nowhere_is_said_so() -> None:
    with pytest.raises(OutputError, match="nonsense://bucket/x"):
        list(output_at("nonsense://bucket/x").folders())


@pytest.mark.parametrize("scheme", ["", "plain://"])
def test_a_file_that_cannot_be_written_is_named(scheme: str, tmp_path: Path) -> None:
    (tmp_path / "2023").write_text("")
    with pytest.raises(OutputError, match="2023/office/a: "):
        output_at(f"{scheme}{tmp_path}").write("2023/office/a", b"1")


@pytest.mark.parametrize("scheme", ["", "plain://"])
def test_a_bucket_or_folder_is_tried_before_it_is_built_into(scheme: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"), output_at(f"{scheme}{tmp_path / 'file'}/output").locked():
        raise AssertionError


def test_only_one_build_at_a_time_holds_a_folder(tmp_path: Path) -> None:
    output = FolderOutput(tmp_path / "output")
    with output.locked():
        with pytest.raises(OutputError, match="another build is writing to"), output.locked():
            raise AssertionError
        program = (
            f"from reportkit.build.output import output_at\nwith output_at({output.url!r}).locked(): print('mine')"
        )
        other = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
        assert "another build is writing to" in other.stderr
        assert other.stdout == ""
    with output.locked():
        pass


def test_a_build_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    output = FolderOutput(tmp_path / "output")
    program = f"import os\nfrom reportkit.build.output import output_at\nwith output_at({output.url!r}).locked(): os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == -9
    with output.locked():
        pass


def test_a_bucket_is_not_locked() -> None:
    output = BucketOutput("gs://bucket")
    with output.locked(), output.locked():
        assert list(output.folders()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_that_may_not_be_written_is_said_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="output"), FolderOutput(tmp_path / "output").locked():
        raise AssertionError


def test_where_the_system_has_no_such_locks_a_build_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with FolderOutput(tmp_path).locked(), FolderOutput(tmp_path).locked():
        assert tmp_path.exists()


def test_a_bucket_whose_server_refuses_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("Access Denied")

    monkeypatch.setattr("fsspec.core.url_to_fs", refuse)
    with pytest.raises(OutputError, match="gs://bucket: Access Denied"):
        list(output_at("gs://bucket").folders())


def test_what_a_killed_build_left_of_an_index_is_removed_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".index.html.99999999-4.part").write_text("half")
    with FolderOutput(tmp_path).locked():
        assert list(tmp_path.iterdir()) == []


def test_what_is_recorded_on_one_machine_is_done_on_another(tmp_path: Path) -> None:
    here = FolderOutput(tmp_path)
    here.write("2023/office/old", b"1")
    recorded: RecordedOutput = pickle.loads(pickle.dumps(RecordedOutput(here.sizes(["2023/office"]))))
    assert recorded.sizes(["2023/office", "assets"]) == {"2023/office": {"old": 1}, "assets": {}}
    with recorded.claimed("assets") as mine:
        assert mine
    recorded.remove(["2023/office/old", "2023/office/never"])
    recorded.write("2023/office/new", b"22")
    assert here.sizes(["2023/office"]) == {"2023/office": {"old": 1}}
    for change in recorded.changes:
        change.apply(here)
    assert here.sizes(["2023/office"]) == {"2023/office": {"new": 2}}


# --------------------------------------------------------------- what serves, and what does not


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("memory://x", "memory:// is gone when the process that writes to it ends; what serves is a folder, s3://"),
        ("http://host/x", "http:// cannot be written to; what serves is a folder"),
        ("HTTPS://host/x", "https:// cannot be written to"),
        ("github://a:b@c/x", "github:// cannot be written to"),
        ("zip://x", "zip:// is one file"),
        ("simplecache::s3://pages/x", "name the last one alone"),
        ("s3://", "name a place there"),
        ("s3:///", "name a place there"),
        ("s3:///pages/x", "a slash too many; write s3://pages/x"),
        ("s3:/pages/x", "write s3://pages/x; a folder of that name is ./s3:/pages/x"),
        ("S3:/pages", "write s3://pages;"),
        ("s3:pages/x", "write s3://pages/x;"),
        ("s3:\\pages", "write s3://pages;"),
        ("gs:/pages", "write gs://pages;"),
        ("memory:/x", "write memory://x;"),
        ("nobody:/x", "write nobody://x;"),
        ("C:\\x", "a path of Windows"),
        ("c:/x", "a path of Windows"),
        ("C:", "a path of Windows"),
        ("\\\\server\\share", "a path of Windows"),
        ("out\\2024", "a path of Windows"),
    ],
)
def test_a_place_that_cannot_keep_pages_is_refused_with_what_serves(place: str, said: str) -> None:
    with pytest.raises(OutputError) as refused:
        output_at(place)
    assert str(refused.value).startswith(f"{place}: ")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("place", "folder"),
    [
        ("output", "output"),
        ("2024:final", "2024:final"),
        ("./s3:/x", "s3:/x"),
        ("./C:\\x", "C:\\x"),
        ("/tmp/a\\b:c", "/tmp/a\\b:c"),
        ("file:///tmp/x", "/tmp/x"),
        ("FILE:///tmp/x", "/tmp/x"),
        ("年报：定稿", "年报：定稿"),
    ],
)
def test_a_folder_may_have_any_name_where_it_is_said_to_be_one(place: str, folder: str) -> None:
    assert output_at(place).url == folder


def test_on_windows_a_drive_is_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportkit.build.output.stores.os", SimpleNamespace(name="nt"))
    assert scheme_of("C:\\x") == ""


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("s3://pages/x", r".*needs a package: pip install 'reportkit\[cluster\]'$"),
        ("gs://pages/x", ".*needs a package: pip install gcsfs$"),
        ("abfs://pages/x", ".*needs a package: pip install adlfs$"),
        ("oss://pages/x", ".*needs a package: pip install ossfs$"),
        ("nobody://pages/x", ".*; what serves is a folder"),
    ],
)
@pytest.mark.parametrize("lacking", ["the package", "fsspec"])
def test_what_is_to_be_installed_for_a_store_is_what_brings_it(
    lacking: str, place: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ImportError("Please install what is missing")

    if lacking == "fsspec":
        monkeypatch.setitem(sys.modules, "fsspec.core", None)
    else:
        monkeypatch.setattr("fsspec.core.url_to_fs", refuse)
    with pytest.raises(OutputError, match=f"^{place}: {said}"):
        output_at(place).examine()


def test_a_store_is_told_what_each_object_is() -> None:
    output_at("gs://pages/x").write("2023/office/report.html", b"1")
    assert StoreFileSystem.told["pages/x/2023/office/report.html"] == {"content_type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("scheme", "options"),
    [
        ("s3a", {"ContentType": "text/csv"}),
        ("gcs", {"content_type": "text/csv"}),
        ("oss", {"headers": {"Content-Type": "text/csv"}}),
    ],
)
def test_each_store_is_told_in_its_own_words(scheme: str, options: dict[str, object]) -> None:
    store = store_of([scheme])
    assert store is not None
    assert store.content_type("text/csv") == options


def test_azure_is_told_by_an_object_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure", ModuleType("azure"))
    monkeypatch.setitem(sys.modules, "azure.storage", ModuleType("azure.storage"))
    blob = ModuleType("azure.storage.blob")
    monkeypatch.setattr(blob, "ContentSettings", lambda **settings: settings, raising=False)
    monkeypatch.setitem(sys.modules, "azure.storage.blob", blob)
    store = store_of(["az"])
    assert store is not None
    assert store.content_type("text/csv") == {"content_settings": {"content_type": "text/csv"}}


def test_a_place_is_examined_without_writing(output: Output, tmp_path: Path) -> None:
    output.examine()
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_named_when_the_place_is_examined(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "output" / "x"):
        with pytest.raises(OutputError, match=f"{place}: {tmp_path / 'file'} is a file; name a folder"):
            FolderOutput(place).examine()


def test_a_bucket_that_lists_nothing_is_there_where_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(*_: object) -> None:
        raise FileNotFoundError("nothing begins with that")

    monkeypatch.setattr(StoreFileSystem, "find", find)
    monkeypatch.setattr(StoreFileSystem, "exists", lambda _, path: path.strip("/") == "there")
    output_at("gs://there/x").examine()
    with pytest.raises(OutputError, match="gs://missing/x: there is no bucket missing; make it, or name another"):
        output_at("gs://missing/x").examine()
