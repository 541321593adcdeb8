"""Word documents of the old kind (.doc, and WPS Office's .wps): read by way of LibreOffice, where it is installed.

The file may come from anybody: LibreOffice runs within limits, under a profile of its own in which no macro runs and
nothing is fetched from elsewhere.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from reportkit.documents.document import Document, UnreadableError
from reportkit.documents.foreign import OLE_START, SAVE_AS
from reportkit.documents.word import read_word
from reportkit.system.files import temporary_folder
from reportkit.system.language import Message
from reportkit.system.programs import run_guarded

__all__ = ["SECONDS", "is_old_word", "read_old_word"]

SECONDS = 60.0
"""How long LibreOffice may take; a report takes it one second, and a few more where the disk has to be read."""

_MEMORY = 1 << 30  # bytes; a report of ten pages takes 200 MiB
_LARGEST = 100 << 20  # bytes of what it makes
_KIND = Message("a Word document of the old kind (.doc or .wps)")
_PROGRAMS = ("soffice", "libreoffice")
# Where it is installed without being on the path.
_PLACES = {
    "darwin": "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "win32": r"C:\Program Files\LibreOffice\program\soffice.com",
}
# Names of streams: of the text, and of a document of any kind that is encrypted.
_TEXT, _ENCRYPTED = "WordDocument".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
_BYTE_ORDER, _BYTE_ORDER_AT = b"\xfe\xff", 28  # of every file of this kind
_SETTINGS = (
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    # Pictures that are links are fetched all the same: nobody answers where they are asked for.
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
    ("Inet/Settings", "ooInetNoProxy", ""),
)


def is_old_word(data: bytes) -> bool:
    """Whether the file is a Word document of the old kind.

    Parameters
    ----------
    data
        The file's bytes.

    Returns
    -------
    bool
        True for what Word up to 2003 and WPS Office write; False for .docx, and for a workbook.
    """
    return data.startswith(OLE_START) and _TEXT in data and _ENCRYPTED not in data


def read_old_word(data: bytes, name: str) -> Document:
    """Read a Word document of the old kind by way of LibreOffice.

    Parameters
    ----------
    data
        The file.
    name
        Its name, for messages.

    Returns
    -------
    Document
        Its headings, paragraphs and grids.

    Raises
    ------
    UnreadableError
        Where LibreOffice is not installed, or cannot make a .docx of the file.
    """
    if data[_BYTE_ORDER_AT : _BYTE_ORDER_AT + 2] != _BYTE_ORDER:
        raise UnreadableError(Message("{kind}, damaged; {save_as}", kind=_KIND, save_as=SAVE_AS))
    program = _libreoffice()
    if program is None:
        raise UnreadableError(
            Message("{kind}: install LibreOffice, with which those are read, or {save_as}", kind=_KIND, save_as=SAVE_AS)
        )
    return read_word(_as_docx(program, data), name)


def _libreoffice() -> str | None:
    """The program, on the path or where its installer puts it."""
    return next(filter(None, map(shutil.which, [*_PROGRAMS, _PLACES.get(sys.platform, _PROGRAMS[0])])), None)


def _as_docx(program: str, data: bytes) -> bytes:
    with temporary_folder() as folder:
        profile, source, made = folder / "profile", folder / "document.doc", folder / "made"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_settings(), encoding="utf-8")
        source.write_bytes(data)
        command: list[str | Path] = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            # Told what the file is, it does not try what else it might be.
            "--infilter=MS Word 97",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            made,
            source,
        ]
        try:
            run_guarded(command, seconds=SECONDS, memory=_MEMORY, variables={"TMPDIR": str(folder)})
        except TimeoutError as error:
            raise UnreadableError(
                Message(
                    "{kind}; LibreOffice took longer than {seconds:g} seconds: {save_as}",
                    kind=_KIND,
                    seconds=SECONDS,
                    save_as=SAVE_AS,
                )
            ) from error
        except OSError as error:
            raise UnreadableError(
                Message(
                    "{kind}, and LibreOffice does not start ({error}); {save_as}",
                    kind=_KIND,
                    error=error,
                    save_as=SAVE_AS,
                )
            ) from error
        docx = made / "document.docx"
        if not docx.is_file():
            raise UnreadableError(
                Message(
                    "{kind} that LibreOffice Writer does not open: damaged, or protected by a password; {save_as}",
                    kind=_KIND,
                    save_as=SAVE_AS,
                )
            )
        if docx.stat().st_size > _LARGEST:
            raise UnreadableError(
                Message(
                    "{kind}, of which LibreOffice makes more than {value} MiB; {save_as}",
                    kind=_KIND,
                    value=_LARGEST >> 20,
                    save_as=SAVE_AS,
                )
            )
        return docx.read_bytes()


def _settings() -> str:
    """The settings of LibreOffice's profile."""
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{escape(value)}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    declaration = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{declaration}<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'
