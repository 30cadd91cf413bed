"""`iduo-admin export tickets`: the day's messages go out as a numbered batch, as from the window."""

import json
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from uuid import uuid4

from iduo_desktop.admin.imports import shown
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.database.connection import Database
from iduo_desktop.services import exports, sending
from iduo_desktop.services.importing import Progress
from iduo_desktop.services.sending import SentDay
from iduo_desktop.workbooks.values import WorkbookError

NOTHING = "No hay mensajes para enviar: todos los abiertos ya salieron en otro lote."


def run(database: Database, options: Namespace, terminal: Terminal) -> Exit:
    """Send what was not sent; a file whose work was cut the last time is finished instead."""

    def show(step: str, done: int, rows: int) -> None:
        terminal.progress(f"{step}: {shown(done)} de {shown(rows)}")

    path: Path = options.file
    try:
        finished = None if path.is_dir() else sending.finish(database, path)
        if finished is not None:
            day = SentDay(finished.id, path, finished.rows, 0, 0, 0)
        elif path.is_file():
            return terminal.refuse(f"Ya existe {path}. Elegí otro nombre, o una carpeta.", Exit.REFUSED)
        else:
            day = send(database, path, (options.first, options.last), _columns(database, options.profile), show)
    except (WorkbookError, OSError) as error:
        return terminal.refuse(str(error), Exit.REFUSED)
    answer = asdict(day) | {"path": str(day.path) if day.tickets else "", "finished": finished is not None}
    terminal.answer(answer, lines(day, finished is not None))
    return Exit.DONE


def send(
    database: Database,
    path: Path,
    days: tuple[date | None, date | None],
    columns: Sequence[str],
    progress: Progress | None = None,
) -> SentDay:
    """Into a folder, under the batch's own name, or into the file that was named."""
    key = uuid4()
    if path.is_dir():
        return sending.send_day(database, path, *days, True, columns, key, progress)
    prepared = sending.prepare(database, *days, key)
    if not prepared.tickets:
        return SentDay(prepared.batch_id, path, 0, 0, 0, 0)
    return sending.send_into(database, prepared, path, True, columns, key, progress)


def lines(day: SentDay, finished: bool) -> Iterator[str]:
    """What came of it, for people."""
    if not day.tickets:
        yield NOTHING
        return
    messages = "1 mensaje" if day.tickets == 1 else f"{shown(day.tickets)} mensajes"
    yield f"Lote {day.batch_id:04}: {messages} en {day.path}."
    if finished:
        yield "Se había enviado y se cortó antes de terminar: ahora está completo."
        return
    yield f"Pasaron a «Pendiente de respuesta»: {shown(day.moved)}. Reiteraciones: {shown(day.again)}."
    if day.left:
        yield f"Cambiaron mientras tanto y quedaron como estaban: {shown(day.left)}."


def _columns(database: Database, profile: str) -> tuple[str, ...]:
    if not profile:
        return ()
    for one in exports.profiles(database, "sending"):
        if one.name == profile:
            return tuple(json.loads(one.fields))
    raise WorkbookError(f"No hay una plantilla «{profile}» para el envío.")
