"""Importing: the whole way of a file into the database, page by page, without any window."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID, uuid5

from iduo_desktop.database.connection import Database
from iduo_desktop.services import answers, batches, exports, findings
from iduo_desktop.services.exports import Profile
from iduo_desktop.services.findings import Group, Problem
from iduo_desktop.workbooks import drafts, errors, header, lists, matching, reading
from iduo_desktop.workbooks.drafts import Draft
from iduo_desktop.workbooks.header import Header, folded
from iduo_desktop.workbooks.kinds import ANSWERS, KINDS, as_json
from iduo_desktop.workbooks.recognising import recognised
from iduo_desktop.workbooks.row import Habits, shown
from iduo_desktop.workbooks.values import Sheet, Workbook, WorkbookError

__all__ = [
    "Cancelled", "Check", "Column", "Done", "FieldChoice", "Group", "Looked", "Mapping", "Problem", "Progress",
    "WorkbookError", "apply", "check", "correct", "kept", "look", "named", "omit", "result", "staged",
    "write_errors",
]  # fmt: skip

# so few that putting them into JSON never holds the other threads for long
ROWS_A_CALL: Final = 2000
OUTCOMES_A_CALL: Final = 1000
PREVIEW: Final = 10
# seconds that the database may take over one step of a long list
PATIENCE: Final = 600.0
CHANGED: Final = "El archivo cambió desde que lo elegiste. Volvé a elegirlo."

# what is being done, how much of it is done, and how much there is; raising Cancelled from it stops the work
Progress = Callable[[str, int, int], object]


class Cancelled(Exception):
    """The person gave up waiting; nothing was applied."""


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """What a column may go to."""

    key: str
    label: str
    required: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and where it goes: `field` is empty for "not imported".

    `how` says why: own (our own file), last_time, name, examples, empty, or "" when nothing fits. `ambiguous`: its
    dates may be day/month or month/day.
    """

    index: int
    title: str
    examples: tuple[str, ...]
    field: str
    how: str
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as it was understood. `kind` is an ImportKind, "" if nobody knows; `of_batch` the batch that it answers.

    Rows count from 1, as in the sheet; `preview` are the first ten below the header, as text.
    """

    path: Path
    name: str
    sha256: str
    sheets: tuple[str, ...]
    sheet: str
    header_row: int
    kind: str
    of_batch: int | None
    rows: int
    columns: tuple[Column, ...]
    preview: tuple[tuple[str, ...], ...]
    fields: tuple[FieldChoice, ...]
    book: Workbook = field(default=Workbook("", "", ()), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """What the person decided: a field for each column by its index, how dates read, what an empty cell means."""

    kind: str
    fields: tuple[str, ...]
    day_first: bool | None = None
    erase_empty: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What an import would do, every row looked at; the five counts add up to `rows`.

    `already`: the same file was applied before, then; nothing would change.
    """

    batch_id: int
    looked: Looked
    mapping: Mapping
    rows: int
    created: int
    updated: int
    unchanged: int
    doubtful: int
    refused: int
    groups: tuple[Group, ...]
    already: datetime | None
    seconds: float
    draft: Draft | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Done:
    """What an import did; of a list of clients also which cases it opened and moved."""

    batch_id: int
    rows: int
    created: int
    updated: int
    unchanged: int
    doubtful: int
    refused: int
    cases_opened: int = 0
    cases_moved: int = 0


R = TypeVar("R", batches.Outcome, answers.AnswerOutcome)


def look(
    path: Path,
    kind: str = "",
    sheet: str = "",
    header_row: int = 0,
    profiles: Sequence[Profile] = (),
    progress: Progress | None = None,
) -> Looked:
    """Read a file and understand what it is; what is given (kind, sheet, header row from 1) is not guessed.

    A WorkbookError says in a sentence why not. Slow: never on the UI thread.
    """
    tell = progress or _silent
    book = reading.read(path, partial(tell, "Leyendo"))
    found = recognised(book, kind, sheet, header_row - 1 if header_row else None)
    kind, chosen = _remembered(found.kind, found.sheet, profiles)
    known = KINDS[kind].columns if kind else ()
    matches = matching.matched(found.sheet, found.title_row, known, chosen)
    columns = tuple(_column(one, found.own) for one in matches)
    looked = Looked(
        path=path,
        # a name that is not Unicode (Linux allows it) could not be sent
        name=path.name.encode(errors="replace").decode(),
        sha256=book.sha256,
        sheets=tuple(one.name for one in book.sheets if one.visible),
        sheet=found.sheet.name,
        header_row=found.title_row + 1,
        kind=kind,
        of_batch=found.of_batch,
        rows=0,
        columns=columns,
        preview=(),
        fields=tuple(FieldChoice(one.key, one.title, one.needed) for one in known),
        book=book,
    )
    numbered = list(lists.rows_below(found.sheet, _head(looked, tuple(one.field for one in columns))))
    preview = tuple(tuple(shown(row[one.index]) for one in columns) for _, row in islice(numbered, PREVIEW))
    return replace(looked, rows=len(numbered), preview=preview)


def named(looked: Looked) -> Mapping:
    """The mapping by what is sure: last time's choice, our own titles, or a title that is a known name."""
    names = {one.key: one.names for one in KINDS[looked.kind].columns}
    sure = tuple(
        one.field
        if one.how in {"own", "last_time"} or folded(one.title).rstrip(" 0123456789") in names.get(one.field, ())
        or folded(one.title) in names.get(one.field, ())
        else ""
        for one in looked.columns
    )  # fmt: skip
    return Mapping(looked.kind, sure)


def check(
    database: Database,
    looked: Looked,
    mapping: Mapping,
    area_code: str,
    key: UUID,
    progress: Progress | None = None,
) -> Check:
    """Look at every row and say what an import would do; nothing is changed. The same key and mapping go on.

    A WorkbookError says that a column is missing, or was given twice. Slow: never on the UI thread.
    """
    began = time.monotonic()
    check = staged(database, looked, mapping, area_code, key, progress)
    (progress or _silent)("Probando", check.rows, check.rows)
    return result(database, check, began)


def staged(
    database: Database,
    looked: Looked,
    mapping: Mapping,
    area_code: str,
    key: UUID,
    progress: Progress | None = None,
) -> Check:
    """Read every row and send it, without asking yet what would come of it; else as `check`."""
    tell = progress or _silent
    kind = KINDS[mapping.kind]
    head = _head(looked, mapping.fields)
    header.check(head, kind.columns)
    habits = _habits(looked, mapping, area_code)
    draft = drafts.draft(kind, _sheet(looked), head, habits, partial(tell, "Revisando"))
    made = uuid5(key, json.dumps([mapping.kind, mapping.fields, mapping.day_first, mapping.erase_empty, looked.sheet]))
    if kind is ANSWERS:
        opened = answers.open_answers(database, looked.name, looked.sha256, looked.of_batch, made)
    else:
        opened = batches.open_batch(database, looked.name, looked.sha256, made, kind.word)
    rows = draft.sent()
    for first in range(0, len(rows), ROWS_A_CALL):
        tell("Enviando", first, len(rows))
        batches.stage(database, opened.batch_id, as_json(rows[first : first + ROWS_A_CALL]))
    count = len(rows)
    return Check(opened.batch_id, looked, mapping, count, 0, 0, 0, 0, 0, (), opened.already, 0.0, draft)


def result(database: Database, check: Check, began: float | None = None) -> Check:
    """What became of every row, or would; the totals and the groups as the database says them now."""
    began = time.monotonic() if began is None else began
    draft = _draft(check)
    with database.patient(PATIENCE):
        done = _done(database, check, (), dry_run=True)
        if draft.kind is ANSWERS:
            groups = findings.of_answers(draft, tuple(_outcomes(answers.outcomes, database, check.batch_id)))
        else:
            groups = findings.of_list(draft, _outcomes(batches.outcomes, database, check.batch_id))
    return replace(
        check,
        rows=done.rows,
        created=done.created,
        updated=done.updated,
        unchanged=done.unchanged,
        doubtful=done.doubtful,
        refused=done.refused,
        groups=groups,
        seconds=time.monotonic() - began,
    )


def correct(database: Database, check: Check, row: int, field: str, value: str, area_code: str) -> Check:
    """Put `value` in place of what a row says in a field, and say again what the import would do."""
    began = time.monotonic()
    before = _draft(check)
    places = before.head.places.get(field, ())
    if not places:
        raise WorkbookError("El archivo no tiene esa columna: corregilo en la planilla y volvé a elegirla.")
    before = replace(before, habits=replace(before.habits, area_code=area_code))
    return _again(database, check, drafts.corrected(before, row, places[0], value), (), began)


def omit(database: Database, check: Check, rows: Sequence[int]) -> Check:
    """Leave rows out, and say again what the import would do."""
    began = time.monotonic()
    return _again(database, check, drafts.omitting(_draft(check), frozenset(rows)), rows, began)


def apply(database: Database, check: Check, replace: Sequence[int], progress: Progress | None = None) -> Done:
    """Carry out what was checked, at once; answers of the rows `replace` go over those that are there.

    Cancelled from `progress`, or a connection that breaks, leaves nothing applied; asked again it says the same.
    """
    (progress or _silent)("Importando", 0, check.rows)
    with database.patient(PATIENCE):
        return _done(database, check, replace, dry_run=False)


def write_errors(check: Check, path: Path) -> Path:
    """Write the rows that are not imported into a sheet like the user's own that says what to do, importable again."""
    draft = _draft(check)
    said: dict[int, list[errors.Remark]] = {}
    for group in check.groups:
        if group.severity == findings.ERROR:
            for one in group.problems:
                places = draft.head.places.get(one.field, ())
                expected = one.expected if one.suggestion == "" else f"{one.expected} (¿{one.suggestion}?)"
                remark = errors.Remark(group.sentence, one.column, f"{group.advice} {expected}".strip(), places[:1])
                said.setdefault(one.row, []).append(remark)
    errors.write(path, draft, said, check.looked.of_batch)
    return path


def kept(database: Database, looked: Looked, mapping: Mapping, name: str) -> Profile:
    """Keep the choice of columns under a name; the next file with these titles takes it."""
    chosen = {one.title: key for one, key in zip(looked.columns, mapping.fields, strict=True)}
    return exports.keep_profile(database, mapping.kind, name, json.dumps(chosen, ensure_ascii=False), default=False)


def _column(match: matching.Match, own: bool) -> Column:
    """Ours has its titles, and its dates are written as here: nothing of it is asked."""
    how = "own" if own and match.key else match.how
    return Column(match.place, match.title, match.examples, match.key, how, match.ambiguous and not own)


def _silent(_step: str, _done: int, _of: int) -> None:
    """Nobody wants to know."""


def _remembered(kind: str, sheet: Sheet, profiles: Sequence[Profile]) -> tuple[str, dict[str, str]]:
    """The kept choice that knows most titles of this sheet; the default one of equals.

    Where nothing else says what the list is, one whose titles are all there does.
    """
    said = {folded(str(cell)) for row in sheet.rows[: header.TITLE_ROWS] for cell in row if isinstance(cell, str)}
    best: tuple[int, bool, str, dict[str, str]] = (0, False, kind, {})
    for one in profiles:
        chosen: dict[str, str] = json.loads(one.fields) if one.kind in KINDS and kind in {"", one.kind} else {}
        score = (sum(folded(title) in said for title in chosen), one.default)
        if score[0] and score > best[:2] and (kind or score[0] == len(chosen)):
            best = (*score, one.kind, chosen)
    return best[2:]


def _sheet(looked: Looked) -> Sheet:
    """The sheet as it was read, or as it is read again."""
    book = looked.book if looked.book.sheets else reading.read(looked.path)
    if book.sha256 != looked.sha256:
        raise WorkbookError(CHANGED)
    return next(one for one in book.sheets if one.name == looked.sheet)


def _head(looked: Looked, fields: Sequence[str]) -> Header:
    titles = {one.index: one.title for one in looked.columns}
    keys = {one.index: key for one, key in zip(looked.columns, fields, strict=True)}
    return matching.header(_sheet(looked), looked.header_row - 1, titles, keys)


def _habits(looked: Looked, mapping: Mapping, area_code: str) -> Habits:
    """Days before months, unless the person or the file itself says otherwise."""
    first = mapping.day_first
    if first is None:
        rows = _sheet(looked).rows[looked.header_row :]
        first = matching.day_order(rows, [one.index for one in looked.columns])
    return Habits(area_code, first is not False, mapping.erase_empty)


def _draft(check: Check) -> Draft:
    if check.draft is None:
        raise WorkbookError(CHANGED)
    return check.draft


def _again(database: Database, check: Check, after: Draft, omitted: Sequence[int], began: float) -> Check:
    changed = list(drafts.changed(_draft(check), after))
    if omitted:
        batches.omit(database, check.batch_id, omitted)
    for first in range(0, len(changed), ROWS_A_CALL):
        batches.correct(database, check.batch_id, as_json(changed[first : first + ROWS_A_CALL]))
    return result(database, replace(check, draft=after), began)


def _done(database: Database, check: Check, over: Sequence[int], dry_run: bool) -> Done:
    if check.mapping.kind == ANSWERS.word:
        said = answers.apply(database, check.batch_id, over, dry_run)
        doubtful = said.conflict + said.doubtful
        return Done(check.batch_id, said.rows, 0, said.answered, said.same, doubtful, said.refused)
    done = batches.apply(database, check.batch_id, dry_run)
    counts = (done.created, done.updated, done.unchanged, done.doubtful, done.refused)
    return Done(check.batch_id, done.rows, *counts, done.cases_opened, done.cases_moved)


def _outcomes(
    ask: Callable[[Database, int, int, int], tuple[R, ...]], database: Database, batch_id: int
) -> Iterator[R]:
    after = 0
    while page := ask(database, batch_id, after, OUTCOMES_A_CALL):
        yield from page
        after = page[-1].row
