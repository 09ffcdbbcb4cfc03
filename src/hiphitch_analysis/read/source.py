"""What a path leads to: one text file, the texts in a zip archive or a folder, or a binary file. Every reader of recordings starts here."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeVar

from hiphitch_analysis.read.text import Text, decode_text, first_line, open_text, printable, read_head

_MAGIC_ZIP = b"PK\x03\x04"
_SPREADSHEET = "[Content_Types].xml"  # every xlsx has it
_TEXT_ENDINGS = (".csv", ".txt", ".tsv", ".json", ".trc", ".mot", ".sto")
_MAX_MEMBERS = 500
_MAX_UNPACKED = 2**31  # bytes; hours of every sensor of a phone are a tenth of it
_PART = 2**20  # bytes read at once
_HEAD = 1024  # bytes; enough for any file's magic number


@dataclass(frozen=True, slots=True)
class Source:
    """A recording as it lies on disk, unpacked and decoded.

    Attributes
    ----------
    path : Path
        The file or folder.
    name : str
        Its name without the folder it lies in, for messages.
    texts : tuple of Text
        The one text of a text file; every text of a zip archive or a folder, each named by its place in it; none for a binary file.
    head : bytes
        The first bytes of a binary file.
    """

    path: Path
    name: str
    texts: tuple[Text, ...]
    head: bytes = b""

    def find(self, file_name: str) -> Text | None:
        """Return the text of that file name, whatever folder of the archive it lies in; None when there is none."""
        return next((text for text in self.texts if PurePosixPath(text.name).name.lower() == file_name.lower()), None)


def fingerprint(path: str | Path) -> dict[str, str | int]:
    """Return a recording's name, size and hash, by which the same content is known again wherever it lies.

    Parameters
    ----------
    path : str or Path
        A file, or a folder.

    Returns
    -------
    dict
        ``name`` without the folder it lies in, ``bytes``, and ``sha256``: of the file, or of the names and contents of all files in the folder.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> _ = (folder / "a.csv").write_text("")
    >>> fingerprint(folder / "a.csv")["sha256"][:12]  # of nothing, FIPS 180-4
    'e3b0c44298fc'
    """
    path = Path(path)
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        if path.is_dir():
            digest.update(f"\n{file.relative_to(path).as_posix()}\n".encode())
        with file.open("rb") as content:
            while part := content.read(_PART):
                digest.update(part)
    return {"name": path.name, "bytes": sum(file.stat().st_size for file in files), "sha256": digest.hexdigest()}


def open_source(path: str | Path) -> Source:
    """Open a recording: a text file (gzip and xz are unpacked), a zip archive, a folder, or a binary file.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Source

    Raises
    ------
    ValueError
        Missing, empty, damaged, locked with a password, a spreadsheet, or without a single text inside.
    """
    path = Path(path)
    name = printable(path.name or str(path), 120)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() in _TEXT_ENDINGS and file.is_file())
        named = [(file.relative_to(path).as_posix(), read_head(file, -1)) for file in files[:_MAX_MEMBERS]]
        return Source(path, name, _decode_members(named, name))
    head = read_head(path, _HEAD)
    if head.startswith(_MAGIC_ZIP):
        return Source(path, name, _decode_members(list(_unzip(path, name)), name))
    if _is_binary(head):
        return Source(path, name, (), head)
    return Source(path, name, (open_text(path),))


def read_members(path: Path, ending: str, most: int) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file of a folder or zip archive with that ending, one at a time; nothing where the path is neither.

    Raises
    ------
    ValueError
        More than `most` of them, or an archive that cannot be unpacked.
    """
    name = printable(path.name or str(path), 120)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() == ending and file.is_file())
        if len(files) > most:
            raise ValueError(f"{name}: holds {len(files)} files {ending} — expected at most {most}. Name the folder of one recording.")
        for file in files:
            yield file.relative_to(path).as_posix(), read_head(file, -1)
    elif path.is_file() and read_head(path, len(_MAGIC_ZIP)) == _MAGIC_ZIP:
        yield from _unzip(path, name, (ending,), most)


class Recogniser(Protocol):
    """A format that knows its own files."""

    @property
    def recognise(self) -> Callable[[Source], bool]:
        """Whether a source is of this format."""
        ...


Known = TypeVar("Known", bound=Recogniser)


def choose_format(source: Source, formats: Sequence[Known]) -> tuple[Known, Source] | None:
    """Say of which format a source is: as a whole, else the only one of its texts that is a recording.

    Parameters
    ----------
    source : Source
    formats : sequence
        The first one that recognises the source is taken.

    Returns
    -------
    (format, Source) or None
        The format, and the source or the one text of it; None where no format is recognised.

    Raises
    ------
    ValueError
        Several of its texts are recordings.
    """

    def recognised(one: Source) -> tuple[Known, Source] | None:
        return next(((known, one) for known in formats if known.recognise(one)), None)

    whole = recognised(source)
    if whole is not None or len(source.texts) < 2:
        return whole
    found = [match for text in source.texts if (match := recognised(replace(source, texts=(text,)))) is not None]
    if len(found) > 1:
        names = ", ".join(printable(one.texts[0].name, 40) for _, one in found[:4])
        raise ValueError(f"{source.name}: holds {len(found)} recordings ({names}) — expected one. Name one of them.")
    return found[0] if found else None


def _unzip(path: Path, name: str, endings: tuple[str, ...] = _TEXT_ENDINGS, most: int = _MAX_MEMBERS) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if any(member.filename == _SPREADSHEET for member in members):
                raise ValueError(f"{name}: expected a recording, got a spreadsheet. Save the sheet as CSV first.")
            wanted = [m for m in members if m.filename.lower().endswith(endings) and not m.filename.startswith("__MACOSX/")]
            if sum(member.file_size for member in wanted) > _MAX_UNPACKED or len(wanted) > most:
                raise ValueError(f"{name}: unpacked, the archive is far larger than any recording. Unpack it yourself and name one file in it.")
            for member in wanted:
                yield member.filename, archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ValueError(f"{name}: the zip archive is damaged or cut off. Copy it again, or unpack it by other means.") from error
    except RuntimeError as error:  # how zipfile says that a password is missing
        raise ValueError(f"{name}: the zip archive is locked with a password. Unpack it, and name the folder.") from error


def _decode_members(members: list[tuple[str, bytes]], name: str) -> tuple[Text, ...]:
    texts = tuple(Text(member, lines) for member, data in members if (lines := decode_text(data)) is not None)
    if not texts:
        raise ValueError(f"{name}: expected the files of a recording ({', '.join(_TEXT_ENDINGS)}) inside, got none. Name the recording itself.")
    return texts


def _is_binary(head: bytes) -> bool:
    packed_or_wide = head.startswith((b"\x1f\x8b", b"\xfd7zXZ\x00", b"\xff\xfe", b"\xfe\xff"))
    return b"\x00" in head and not packed_or_wide


def describe_content(source: Source) -> str:
    """Return what a source holds in a few words, for the message that no reader knows it."""
    if not source.texts:
        return "binary content beginning '" + printable(source.head.decode("latin-1"), 12) + "'"
    if len(source.texts) > 1:
        return "files " + ", ".join(printable(text.name, 40) for text in source.texts[:4])
    return f"first line '{printable(source.texts[0].lines[first_line(source.texts[0])].strip())}'"
