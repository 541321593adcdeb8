"""Word documents of the old kind are read by way of LibreOffice, where it is installed."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from documents.made import OLE, article, docx, p, page, tbl, tc
from reportkit.documents import detection, old_word
from reportkit.documents.detection import endings, read_document, seconds_to_read
from reportkit.documents.document import Document, Grid, Paragraph, UnreadableError
from reportkit.system.bounded import Refusal, run_bounded

SAVE_AS = "open it in Word or WPS and save it as .docx"
# What is looked at before LibreOffice is asked; the rest is for a stand-in of it.
OLD = OLE + b"\0" * 20 + b"\xfe\xff" + b"\0" * 482 + "WordDocument".encode("utf-16-le") + b"\0" * 500

# ---------------------------------------------------------------- with LibreOffice


Converted = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    """Write a web page as a Word document of the old kind, under a name."""
    program = shutil.which("soffice")
    if program is None:
        pytest.fail("no LibreOffice: `make test` installs it (libreoffice-writer-nogui)")
    folder = tmp_path_factory.mktemp("old")

    def convert(html: str, name: str) -> Path:
        (folder / "page.html").write_text(html, encoding="utf-8")
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", "doc:MS Word 97", "--outdir", str(folder)]
        subprocess.run([*command, str(folder / "page.html")], check=True, capture_output=True, timeout=120)
        return (folder / "page.doc").rename(folder / name)

    return convert


@pytest.fixture(scope="module")
def report(old: Converted) -> Path:
    return old(page(article(2023, {"applications.received.natural_person": 12})), "report.doc")


def test_a_report_has_its_texts_and_tables(report: Path) -> None:
    document = read_document(report)
    assert document.name == "report.doc"
    said = [block.text for block in document.blocks if not isinstance(block, Grid)]
    assert said[0] == "示例市示例局2023年政府信息公开工作年度报告"
    assert "六、其他需要报告的事项" in said
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    assert [len(grid.rows) for grid in grids] == [14, 28, 4]
    (row,) = (row for row in grids[1].rows if row[0] and row[0].text.startswith("一、"))
    assert [box.text for box in row[-7:] if box] == ["12", *["0"] * 5, "12"]


def test_several_are_read_at_once_whatever_their_names(report: Path, tmp_path: Path) -> None:
    paths = [Path(shutil.copy(report, tmp_path / name)) for name in ("a.doc", "乙 '\"$(x).wps", "c.txt")]
    outcomes = dict(run_bounded(read_document, paths, jobs=3, timeout=seconds_to_read))
    assert [isinstance(outcome, Document) for outcome in outcomes.values()] == [True] * 3, outcomes


def test_what_libreoffice_does_not_open_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(OLD)
    with pytest.raises(UnreadableError, match=f"LibreOffice Writer does not open: damaged, or .* password; {SAVE_AS}"):
        read_document(tmp_path / "a.doc")


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and the paths that it is asked for."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def parse_request(self) -> bool:
            paths.append(str(vars(self)["raw_requestline"]))
            return False  # nothing more is said

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


def test_nothing_is_fetched_for_a_document(old: Converted, asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    path = old(page(f"<p>before</p><img src='{address}/a.png' width=9 height=9><p>after</p>"), "linked.doc")
    assert b"/a.png" in path.read_bytes() or "/a.png".encode("utf-16-le") in path.read_bytes()
    assert paths  # a program that is not told otherwise asks for it
    paths.clear()
    assert Paragraph("after") in read_document(path).blocks
    assert paths == []


# ------------------------------------------------------------- with a stand-in of it


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let a shell script be LibreOffice: $OUT is the file to make, $SOURCE the one to read."""

    def be(script: str) -> None:
        arguments = 'while [ "$1" != --outdir ]; do shift; done\nOUT="$2/document.docx" SOURCE="$3"\nmkdir -p "$2"\n'
        program = tmp_path / "bin" / "soffice"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{arguments}{script}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setattr(old_word, "_libreoffice", lambda: str(program))

    return be


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.doc"
    path.write_bytes(OLD)
    return path


def test_what_it_makes_is_read_as_a_word_document(path: Path, tmp_path: Path, stand_in: Callable[[str], None]) -> None:
    (tmp_path / "made.docx").write_bytes(docx(p("text") + tbl(tc("a") + tc("1"), tc("b") + tc("2"))))
    stand_in(f'cmp "$SOURCE" "{path}" && cp "{tmp_path}/made.docx" "$OUT"')
    document = read_document(path)
    assert document.name == "a.doc"
    assert [type(block) for block in document.blocks] == [Paragraph, Grid]


def test_what_takes_too_long_is_told_so(
    path: Path, stand_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_word, "SECONDS", 0.5)
    stand_in("sleep 600")
    with pytest.raises(UnreadableError, match=f"took longer than 0.5 seconds: {SAVE_AS}"):
        read_document(path)


def test_a_document_too_large_to_be_a_report_is_not_read(
    path: Path, stand_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_word, "_LARGEST", 1 << 20)
    stand_in('head -c 2000000 /dev/zero > "$OUT"')
    with pytest.raises(UnreadableError, match="makes more than 1 MiB"):
        read_document(path)


def test_a_program_that_does_not_start_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_word, "_libreoffice", lambda: "/nowhere/soffice")
    with pytest.raises(UnreadableError, match=r"does not start \(/nowhere/soffice cannot be started\)"):
        read_document(path)


# -------------------------------------------------------------------- without it


def test_without_libreoffice_advice_is_given(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(old_word, "_PLACES", {})
    with pytest.raises(UnreadableError, match=f"install LibreOffice, with which those are read, or {SAVE_AS}"):
        read_document(path)


def test_a_file_cut_off_is_not_given_to_it(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(OLE + "WordDocument".encode("utf-16-le"))
    with pytest.raises(UnreadableError, match=r"old kind .*, damaged"):
        read_document(tmp_path / "a.doc")


def test_folders_are_searched_for_both_endings() -> None:
    assert {".doc", ".wps"} <= endings()


def test_reading_takes_longer_only_where_another_program_reads(path: Path, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(docx(p("text")))
    others = [seconds_to_read(tmp_path / name) for name in ("a.docx", "missing", ".")]
    assert others == [detection.seconds_to_read(tmp_path / "a.docx")] * 3
    assert seconds_to_read(path) == others[0] + old_word.SECONDS


def test_a_refusal_is_one_line_in_a_worker_too(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(OLE + b"\0" * 100 + "WordDocument".encode("utf-16-le"))
    ((_, refusal),) = run_bounded(read_document, [tmp_path / "a.doc"], timeout=seconds_to_read)
    assert isinstance(refusal, Refusal)
    assert refusal.message.endswith(SAVE_AS)
