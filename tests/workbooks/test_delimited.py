"""Lists as plain text: encoding and separator are found out."""

from pathlib import Path

import pytest

from iduo_desktop.workbooks import clients, reading
from iduo_desktop.workbooks.values import WorkbookError

ROWS = (("Nro", "Razón social", "Nota"), ("1001", "Muñoz, Ibáñez y Cía.", "=1+1"), ("0042", 'Dice "ya"', "dos\nlíneas"))


def written(path: Path, between: str, encoding: str) -> Path:
    """The list as programs write it, quoted where it has to be."""
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in ROWS]
    path.write_bytes("\r\n".join(between.join(row) for row in quoted).encode(encoding))
    return path


@pytest.mark.parametrize("between", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_list_is_read_as_it_was_written(tmp_path: Path, between: str, encoding: str) -> None:
    book = reading.read(written(tmp_path / "lista.csv", between, encoding))
    assert [sheet.rows for sheet in book.sheets] == [ROWS]


def test_rows_are_as_wide_as_the_widest(tmp_path: Path) -> None:
    path = tmp_path / "lista.csv"
    path.write_text("a;b;c\n\n1;2\n")
    assert reading.read(path).sheets[0].rows == (("a", "b", "c"), (), ("1", "2", ""))


def test_clients_come_as_text_too(tmp_path: Path) -> None:
    path = tmp_path / "clientes.csv"
    path.write_bytes("Nro;Apellido;Nombre;Estado;Deuda\n20417;Gómez;Ana;Moroso;1.250,50\n".encode("cp1252"))
    found = clients.read(reading.read(path), "11")
    assert [(row.number, row.surname, str(row.debt)) for row in found.rows] == [(20417, "Gómez", "1250.50")]


@pytest.mark.parametrize("content", [b"una carta\nsin columnas\n", b"a;b\n1;\x00\n", b"\xff\xfea\x00;\x00b"])
def test_what_is_no_list_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "algo.csv"
    path.write_bytes(content)
    with pytest.raises(WorkbookError, match="no es una planilla"):
        reading.read(path)
