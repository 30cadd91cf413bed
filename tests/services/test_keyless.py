"""What changes something without a key, and why asking it twice is harmless; what cannot be tried is never repeated."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.services import (
    attentions,
    cases,
    catalogues,
    exports,
    form_builder,
    messages,
    settings,
    staff,
    supervision,
    tickets,
)
from iduo_desktop.services.catalogues import Topic
from iduo_desktop.services.messages import Template
from tests.database.proxy import Proxy
from tests.database.test_contract import CALLS
from tests.people import People
from tests.services.messages import answered
from tests.services.refusals import refusal
from tests.services.world import World

WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\s+(iduo|audit)\.|EXECUTE format")
CALLED = re.compile(r"\b((?:iduo|api|audit)\.\w+)\s*\(")
SOURCES = """SELECT n.nspname || '.' || p.proname, p.prosrc, p.proargnames FROM pg_proc p
             JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('iduo', 'api', 'audit')"""

# By why it is harmless. The program asks again by itself only what answers something.
SAME = "keep_column_profile save_setting save_form_draft load_no_contact attend_message hand_over session_start"
HARMLESS: dict[str, str] = {
    "answers nothing, so the program never asks it again by itself: who asked is told that it is in doubt": (
        "add_no_contact add_person begin_pause begin_talk change_password disable_person discard_form_draft "
        "identify_chat read_chat visitor_leave "
        "drop_column_profile enable_person end_pause end_pause_of end_talk mark_conversation_read remove_no_contact "
        "remove_no_contact_list rename_form reset_person save_contact_scale save_contact_scales save_holiday "
        "save_person save_quiet_hours save_script save_scripts save_settings save_week "
        "save_working_hours watch_case"
    ),
    "says how it is to be, and finds it so the second time": SAME,
    "is asked with the version, the name or the event that it is about, and refuses the second time": (
        "save_disposition save_team publish_form save_pause_reason save_route save_template save_topic "
        "undo_case undo_ticket erase_person"
    ),
    "is about a batch, which has its key, and its rows by number": (
        "stage_rows correct_rows omit_rows apply_batch apply_answers"
    ),
    "leaves one more line in the access log, or of what an export or a page was given": (
        "open_access open_contact_section open_board_export open_case_export open_contact_export open_ticket_export "
        "export_tickets tickets forms"
    ),
    "is asked by the gateway, which says which message, address or letter it is about": (
        "gateway_batch_due gateway_batch_mailed gateway_beat gateway_delivery gateway_doubtful gateway_failed "
        "gateway_receive gateway_recover gateway_sent gateway_take"
    ),
    "is about the visitor of that secret, of whom there is one chat": "visitor_open visitors_here",
    "is asked by the guard, which looks again by itself": (
        "guard_beat guard_care guard_chats guard_note guard_prune guard_seal"
    ),
}
LISTED = {name for names in HARMLESS.values() for name in names.split()}


@pytest.fixture
def line(server: EmbeddedServer) -> Iterator[Proxy]:
    """The line that breaks after what was asked was done."""
    with Proxy(server.port) as made:
        yield made


@pytest.fixture
def far(people: People, become: Callable[..., Database], line: Proxy) -> Iterator[Database]:
    """Marta, who may do all, over it."""
    become("marta", "coordinator", "operator", "answerer", "admin")
    near = people.conninfo("marta")
    made = Database(replace(near, hosts=((near.hosts[0][0], line.port),)), deadline=5)
    yield made
    made.close()


def test_whatever_writes_without_a_key_is_listed(world: World) -> None:
    found = world.superuser.execute(SOURCES).fetchall()
    sources = {name: (source, names or []) for name, source, names in found}
    writers = {name for name, (source, _) in sources.items() if WRITES.search(source)}
    calls = {name: {*CALLED.findall(source)} & {*sources} for name, (source, _) in sources.items()}
    while more := {name for name in sources if name not in writers and calls[name] & writers}:
        writers |= more
    keyless = {name.removeprefix("api.") for name in writers if name.startswith("api.")}
    assert {name for name in keyless if "p_key" not in sources[f"api.{name}"][1]} == LISTED


def test_what_answers_nothing_is_never_asked_again() -> None:
    (silent, *_) = HARMLESS.values()
    asked = {call.function for call in CALLS if call.kind is not None}
    assert sorted(asked & {*silent.split()}) == []


def test_asked_twice_it_is_done_once(world: World, far: Database, line: Proxy, people: People) -> None:
    """What the window asks and the program repeats by itself: the second time nothing is done, or it is refused."""
    me, other = people.add("marta"), people.add("luis", "operator")
    released = cases.release(far, world.case(assigned_to=me), uuid4()).event
    told = tickets.communicate(far, answered(far, far), "Ana", 2, uuid4()).event
    form = form_builder.create(far, "survey", "Satisfacción", uuid4()).form_id
    draft = form_builder.definition(far, form).version
    fields = json.dumps({"fields": [{"key": "how", "label": "¿Cómo?", "kind": "text", "required": False}]})
    world.case(assigned_to=other)
    template = Template(0, "Aviso", "email", "", "Aviso", "Hola", True, 0)
    asked: dict[str, Callable[[Database], object]] = {
        "save_topic": lambda d: catalogues.save_topic(d, Topic(None, "Otra cosa", "question", None, True)),
        "save_route": lambda d: attentions.save_route(d, None, "Niñez", True),
        "save_pause_reason": lambda d: supervision.save_pause_reason(d, None, "Mate", 10, True),
        "save_template": lambda d: messages.save_template(d, template),
        "save_setting": lambda d: settings.save(d, "open_cases_limit", "31"),
        "keep_column_profile": lambda d: exports.keep_profile(d, "cases", "Corta", '["client"]', False),
        "undo_case": lambda d: cases.undo(d, released),
        "undo_ticket": lambda d: tickets.undo(d, told),
        "hand_over": lambda d: staff.hand_over(d, other, None, "Vacaciones"),
        "save_form_draft": lambda d: form_builder.save_draft(d, form, draft, fields),
    }
    done = {}
    for name, ask in asked.items():
        last = world.value("SELECT coalesce(max(id), 0) FROM audit.entry")
        line.cut_after_question = True
        said = refusal_of(ask, far)
        done[name] = (world.value("SELECT count(DISTINCT xid) FROM audit.entry WHERE id > %s", last), said)
    same = {*SAME.split()}
    assert {name: times for name, (times, _) in done.items() if name not in same} == dict.fromkeys({*asked} - same, 1)
    assert {name for name, (times, said) in done.items() if name in same and (not times or said)} == set(), done
    assert world.value("SELECT count(*) FROM iduo.column_profile") == 1
    assert line.happened.total() == len(asked)


def refusal_of(ask: Callable[[Database], object], database: Database) -> str:
    """What it was refused with the second time, if it was."""
    try:
        return refusal(ask, database)
    except pytest.fail.Exception:
        return ""
