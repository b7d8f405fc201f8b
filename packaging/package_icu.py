"""Cut ICU's tables, the largest file that Qt brings on Linux, to those that Qt can read.

Qt asks ICU for the order of words, for letters' case, for character sets and for the names of time zones. The
tables of line breaks, of units, of currencies and of the names of languages and countries are more than a half of
all when packed, and nothing reaches them. Should a newer Qt call more of ICU, `cut` fails. Standard library only;
binutils are run.
"""

from __future__ import annotations

import re
import struct
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from system_packages import SetupError

# Folders of tables. What stays: coll/ has the order of words, zone/ the names of time zones, no folder the rest.
UNREAD = ("brkitr", "curr", "lang", "rbnf", "region", "translit", "unit")
_SERVED = re.compile(r"u_strTo(Lower|Upper)_|ucal_|ucnv_|UCNV_|ucol_")  # what stays is enough for these
_UNDEFINED = re.compile(r"\*UND\*.*\s(\w+)$", re.MULTILINE)
_TABLE = re.compile(r"^[0-9a-f]+ g +DO \.rodata\s+([0-9a-f]+)\s+(?:\S+ +)?(icudt\d+_dat)$", re.MULTILINE)
_FORMAT = b"CmnD"
_FORMAT_AT = 12  # in the header, after its own size, the mark of ICU, the byte order and the kind of characters
_ALIGNED = 16
_ENTRY = struct.Struct("<II")  # where name and content of a table are, counted from the end of the header
_ASSEMBLED = """\
.section .rodata
.balign 16
.globl {symbol}
.type {symbol}, @object
{symbol}:
.incbin "{file}"
.size {symbol}, . - {symbol}
.section .note.GNU-stack, "", @progbits
"""


def cut(program: Path) -> None:
    """Write the library with ICU's tables below the folder `program` anew, without those that Qt cannot read.

    SetupError when Qt calls what may need them, or when the library is not as expected.
    """
    libraries = [file for file in sorted(program.rglob("libicudata.so.*")) if not file.is_symlink()]
    if len(libraries) != 1:
        raise SetupError(f"{len(libraries)} libraries with ICU's tables below {program}")
    (library,) = libraries
    if more := _called_besides(library.parent, library.suffix[1:]):
        raise SetupError(f"Qt calls {', '.join(more)} of ICU. Does that need a table that package_icu leaves out?")
    symbol, size = _symbol(library)
    content = library.read_bytes()
    begin = content.index(_FORMAT) - _FORMAT_AT
    _assemble(without(content[begin : begin + size], UNREAD), symbol, library)


def without(tables: bytes, folders: Iterable[str]) -> bytes:
    """Return ICU's archive of tables without those in the folders."""
    skipped = frozenset(folder.encode() for folder in folders)
    header = tables[: struct.unpack_from("<H", tables)[0]]
    kept = [(name, content) for name, content in read_tables(tables) if name.split(b"/")[1] not in skipped]
    names_at = 4 + _ENTRY.size * len(kept)
    at = _padded(names_at + sum(len(name) + 1 for name, _content in kept))
    entries, names, contents = bytearray(struct.pack("<I", len(kept))), bytearray(), bytearray()
    for name, content in kept:
        entries += _ENTRY.pack(names_at + len(names), at + len(contents))
        names += name + b"\0"
        contents += content.ljust(_padded(len(content)), b"\0")
    return header + (entries + names).ljust(at, b"\0") + contents


def read_tables(tables: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name, as b"icudt73l/coll/de.res", and content of each table of ICU's archive, in its order."""
    base = struct.unpack_from("<H", tables)[0]
    if tables[_FORMAT_AT : _FORMAT_AT + len(_FORMAT)] != _FORMAT or base % _ALIGNED:
        raise SetupError("ICU's archive of tables has another form")
    (count,) = struct.unpack_from("<I", tables, base)
    entries = [_ENTRY.unpack_from(tables, base + 4 + _ENTRY.size * number) for number in range(count)]
    ends = [begin for _name, begin in entries[1:]] + [len(tables) - base]
    for (name, begin), end in zip(entries, ends, strict=True):
        yield tables[base + name : tables.index(b"\0", base + name)], tables[base + begin : base + end]


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _called_besides(libraries: Path, release: str) -> list[str]:
    """Return which functions of ICU the other libraries of a folder call that may need more than what is kept."""
    files = [str(file) for file in sorted(libraries.glob("*.so*")) if not file.name.startswith("libicu")]
    told = subprocess.run(["objdump", "-T", *files], capture_output=True, text=True, check=True).stdout
    of_icu = re.compile(rf"[A-Za-z]\w*_{release}|\w*icu_{release}\w*")  # in C, or in C++
    called = {name for name in _UNDEFINED.findall(told) if of_icu.fullmatch(name)}
    if not called:
        raise SetupError(f"No library of Qt calls ICU {release}")
    return sorted(name for name in called if not _SERVED.match(name))


def _symbol(library: Path) -> tuple[str, int]:
    told = subprocess.run(["objdump", "-T", str(library)], capture_output=True, text=True, check=True).stdout
    found = _TABLE.search(told)
    if found is None:
        raise SetupError(f"{library.name} has no tables of ICU")
    return found[2], int(found[1], 16)


def _assemble(tables: bytes, symbol: str, library: Path) -> None:
    """Write a library that holds the tables under a name, as ICU's own is, and nothing else."""
    with tempfile.TemporaryDirectory(prefix="package-icu-") as place:
        data, source, compiled = (Path(place) / name for name in ("tables.dat", "tables.s", "tables.o"))
        data.write_bytes(tables)
        source.write_text(_ASSEMBLED.format(symbol=symbol, file=data), encoding="ascii")
        for command in (
            ["as", "-o", str(compiled), str(source)],
            ["ld", "-shared", "-soname", library.name, "-s", "--build-id=none", "-z", "noexecstack",
             "-o", str(library), str(compiled)],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SetupError(f"ICU's tables could not be written: {done.stderr[-1000:]}")
