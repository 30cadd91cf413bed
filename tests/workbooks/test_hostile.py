"""Hostile and broken workbooks end in rows or in one clear sentence, soon, and never in a crash."""

import os
import random
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest

from iduo_desktop.workbooks import clients, reading
from iduo_desktop.workbooks.reading import read
from iduo_desktop.workbooks.recognising import recognised
from iduo_desktop.workbooks.values import Workbook, WorkbookError
from tests.workbooks.books import ods, ods_cell, ods_row, saved, xls, xlsx, xlsx_parts, zipped
from tests.workbooks.hostile import HOSTILE
from tests.workbooks.nursery import Nursery

SECONDS = 5.0
MUTATED = 3000
PATIENCE = 60.0
SENTENCE = re.compile(r"[A-ZÁÉÍÓÚ«¿].*[.?]", re.DOTALL)
TITLES = ("Nro", "Apellido", "Nombre / Razón social", "DNI/CUIT", "Teléfono", "Estado", "Fecha de corte", "Deuda")
ROWS: tuple[tuple[str | float, ...], ...] = (
    TITLES,
    (20000.0, "Fernández", "Thiago", "38.248.085", "0341 15-612-4410", "Act.", 46367.0, "$ 114.646,62"),
    (20001.0, "", "Sosa y Cía", "30-67122186-5", 3416124411.0, "MOROSO", "27-10-26", 171547.27),
)


def spent() -> float:
    """Seconds of processor time of the children that ended; where the system does not tell, of the clock."""
    times = os.times()
    return times.children_user + times.children_system if os.name == "posix" else time.perf_counter()


def outcome(path: Path) -> Workbook | str:
    """What was read, or the sentence; a child that takes long on a busy machine still works little."""
    before = spent()
    try:
        found: Workbook | str = read(path, deadline=PATIENCE)
    except WorkbookError as error:
        found = str(error)
        assert SENTENCE.fullmatch(found)
        assert "segundos" not in found
    assert spent() - before < SECONDS
    return found


@pytest.mark.parametrize(("make", "expected"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_crafted(make: Callable[[], bytes], expected: str | None, tmp_path: Path) -> None:
    """The sentence says what it is; what is read in spite of it does no harm."""
    found = outcome(saved(tmp_path, make()))
    if expected is not None:
        assert isinstance(found, str)
        assert expected in found


def test_there_are_enough_of_them() -> None:
    """Each has its name."""
    assert len({name for name, _, _ in HOSTILE}) == len(HOSTILE) >= 70


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Some bytes replaced, taken out, or put in twice."""
    result = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        start = chance.randrange(len(result))
        length = min(chance.choice((1, 1, 2, 8, 64, 400)), len(result) - start)
        piece = result[start : start + length]
        other = chance.randrange(len(result))
        match chance.randrange(5):
            case 0:
                result[start : start + length] = chance.randbytes(length)
            case 1:
                del result[start : start + length]
            case 2:
                result[other:other] = piece
            case 3:
                result[start : start + length] = chance.choice((b"<", b">", b'"', b"-1", b"9" * 40, b"\0", b"1e400"))
            case _:
                result[start] ^= 1 << chance.randrange(8)
        if len(result) < 4:
            break
    return bytes(result)


def mutations(count: int, seed: int) -> Iterator[bytes]:
    """Workbooks changed inside their archive, where it hurts, and outside."""
    chance = random.Random(seed)
    whole = (_fine_xlsx(), _fine_ods(), xls(*ROWS))
    for _ in range(count):
        content = chance.choice(whole)
        if content.startswith(b"PK") and chance.random() < 0.75:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
            name = chance.choice([name for name, part in parts.items() if len(part) > 4])
            yield zipped(parts | {name: mutated(parts[name], chance)})
        else:
            yield mutated(content, chance)


def _fine_xlsx() -> bytes:
    cells = []
    strings: list[str] = []
    for number, values in enumerate(ROWS, 1):
        line = ""
        for place, value in enumerate(values):
            name = f"{chr(ord('A') + place)}{number}"
            if isinstance(value, str):
                strings.append(value)
                line += f'<c r="{name}" t="s"><v>{len(strings) - 1}</v></c>'
            else:
                line += f'<c r="{name}" s="{int(place == 6)}"><v>{value}</v></c>'
        cells.append(f'<row r="{number}">{line}</row>')
    return zipped(xlsx_parts("".join(cells), tuple(strings)))


def _fine_ods() -> bytes:
    return ods("".join(ods_row(*(ods_cell(value) for value in values)) for values in ROWS))


@pytest.mark.parametrize("make", [_fine_xlsx, _fine_ods, lambda: xls(*ROWS)], ids=["xlsx", "ods", "xls"])
def test_what_is_mutated_is_fine(make: Callable[[], bytes], tmp_path: Path) -> None:
    """Otherwise the mutations would test nothing."""
    read_clients = clients.read(read(saved(tmp_path, make())), "341")
    assert [row.number for row in read_clients.rows] == [20000, 20001]
    assert read_clients.problems == ()


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery | None]:
    """Readers that need no start of their own; on Windows, which cannot copy a process, each is started."""
    made = Nursery(tmp_path_factory.mktemp("nursery")) if hasattr(os, "fork") else None
    yield made
    if made is not None:
        made.close()


@pytest.mark.parametrize("seed", range(20261121, 20261133))
def test_mutated(seed: int, nursery: Nursery | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred and fifty workbooks each, the same in every run: rows that are understood, or a sentence."""
    if nursery is not None:
        monkeypatch.setattr(reading, "_output", nursery.output)
    count = MUTATED // 12 if nursery is not None else 10
    outcomes = [outcome(saved(tmp_path, content)) for content in mutations(count, seed)]
    assert len(outcomes) == count
    for found in outcomes:
        if isinstance(found, Workbook):
            with suppress(WorkbookError):
                clients.read(found, "341")
            with suppress(WorkbookError):
                recognised(found)
    assert {type(found) for found in outcomes} == {Workbook, str}


def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    """The deadline is the parent's: it does not need the child's help."""
    slow = saved(
        tmp_path,
        xlsx("".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(1, 400_000))),
    )
    start = time.perf_counter()
    with pytest.raises(WorkbookError, match="segundos"):
        read(slow, deadline=0.05)
    assert time.perf_counter() - start < 2


def test_a_reader_who_stops_leaves_no_child(tmp_path: Path) -> None:
    """An error in the progress callback ends the child too."""

    def stop(_done: int, _rows: int) -> None:
        raise KeyboardInterrupt

    path = saved(tmp_path, _fine_xlsx())
    with pytest.raises(KeyboardInterrupt):
        read(path, stop)
    assert isinstance(read(path), Workbook)
