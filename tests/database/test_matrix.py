"""Who may do what: every function of schema api, called by every role, by the disabled, newcomers and strangers."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.house import Hold, house
from tests.people import People

ROLES = ("operator", "coordinator", "admin", "answerer")
NEWCOMERS = {*ROLES, "newcomer"}

# What they do, who they are, and by which functions.
MATRIX: tuple[tuple[str, set[str], str], ...] = (
    (
        "log in, see one's own sessions, follow changes",
        NEWCOMERS,
        "session_start program_versions sessions end_session changes server_place",
    ),
    ("change one's own password", NEWCOMERS, "change_password"),
    (
        "lists and cards",
        {"operator", "coordinator", "admin"},
        "cases case_counts case_filter_choices case_card watch_case",
    ),
    ("search, history", {"operator", "coordinator", "admin"}, "find_companies timeline taken_from_me handed_work"),
    (
        "look up companies and persons",
        {"operator", "coordinator", "admin"},
        "companies_by_number desk_company find_contacts",
    ),
    (
        "answer calls, keep persons, give assistants' data",
        {"operator", "coordinator"},
        "receive_call end_call create_contact add_contact_phone open_disclosure assistants",
    ),
    (
        "ask whether one may contact somebody, and say that he is not to be contacted",
        {"operator", "coordinator", "admin"},
        "contact_pressure quiet_hours no_contact_lists add_no_contact talks",
    ),
    ("speak with somebody", {"operator", "coordinator"}, "begin_talk end_talk"),
    (
        "bring in lists of who is not to be contacted, see them and take them back",
        {"coordinator", "admin"},
        "load_no_contact remove_no_contact_list no_contact_entries remove_no_contact",
    ),
    ("decide when nobody is contacted, and try it", {"admin"}, "try_contact_pressure save_quiet_hours"),
    (
        "see persons' records and their history",
        {"operator", "coordinator", "admin"},
        "contact_page contact_record contact_story",
    ),
    ("see persons' sections", {"operator", "coordinator", "admin"}, "contact_sections contact_section"),
    (
        "change persons' records, merge two of one",
        {"operator", "coordinator"},
        (
            "change_contact undo_contact_change mark_contact_phone add_contact_email mark_contact_email "
            "raise_flag lower_flag like_contacts compare_contacts merge_contacts unmerge_contacts"
        ),
    ),
    (
        "health and support network, with a receipt",
        {"operator", "coordinator"},
        "open_contact_section save_contact_section contact_network relate_contacts unrelate_contacts",
    ),
    (
        "see promises and extensions",
        {"operator", "coordinator", "admin"},
        "case_promises case_extensions extension_rules",
    ),
    ("extend a cut-off", {"operator", "coordinator"}, "extend_cutoff"),
    ("grant or refuse an extension", {"coordinator"}, "extensions_waiting decide_extension"),
    ("see what a form asks", {"operator", "coordinator", "admin"}, "closing_form filled_form dispositions"),
    ("see what is asked of a caller besides the usual", {"operator", "coordinator"}, "ticket_form"),
    (
        "take, release, contact, close one's own case; undo one's own move",
        {"operator", "coordinator"},
        "take_case take_next_case release_case log_attempt close_case undo_case",
    ),
    ("take over another's case, reopen", {"coordinator"}, "take_over_case reopen_case"),
    (
        "create and move cases, correct clients' data",
        {"operator", "coordinator"},
        "create_case rate_case move_case correct_company save_company_phone save_company_email",
    ),
    (
        "import",
        {"coordinator", "admin"},
        "open_batch stage_rows correct_rows omit_rows apply_batch batch_outcomes",
    ),
    ("send the day's batch", {"coordinator", "admin"}, "prepare_batch unsent_tickets batch_tickets send_batch"),
    ("bring answers in", {"coordinator", "admin"}, "open_answers apply_answers answer_outcomes"),
    ("see what came and went, and undo it", {"coordinator", "admin"}, "batches undo_batch"),
    (
        "export lists",
        {"coordinator", "admin"},
        "open_case_export export_cases open_ticket_export export_tickets open_contact_export export_contacts",
    ),
    (
        "keep choices of columns",
        {"coordinator", "admin"},
        "column_profiles keep_column_profile drop_column_profile",
    ),
    ("see who reads more than work needs", {"coordinator", "admin"}, "great_readers"),
    ("see whether the guard runs", {"admin"}, "guard_state guard_events"),
    ("guard", set(), "guarded_people guard_look guard_beat guard_prune guard_care guard_chats guard_seal guard_note"),
    ("see who works here", {"coordinator", "admin"}, "people"),
    ("add, disable and reset people", {"admin"}, "add_person disable_person end_disabled_sessions reset_person"),
    (
        "read the audit log, and all that is kept on one client",
        {"admin"},
        "open_access audit_of audit_log access_log person_record erase_person",
    ),
    (
        "hand over somebody's cases, see who is in, teams, count surveys",
        {"coordinator", "admin"},
        "hand_over who_is_in teams all_surveys survey_counts survey_answers promotion_counts",
    ),
    ("change people", {"admin"}, "save_person enable_person"),
    (
        "make forms",
        {"admin"},
        "forms form_definition create_form rename_form save_form_draft discard_form_draft publish_form",
    ),
    (
        "settings and scales",
        {"admin"},
        "settings save_setting save_settings setting_history contact_scales save_contact_scale save_contact_scales",
    ),
    (
        "edit catalogues",
        {"admin"},
        "all_dispositions save_disposition save_promotion save_topic save_script save_scripts save_team",
    ),
    ("edit the calendar", {"admin"}, "save_working_hours save_week save_holiday"),
    ("read catalogues", {*ROLES}, "promotions topics scripts working_hours holidays"),
    ("see surveys and promotions", {"operator", "coordinator", "admin"}, "surveys survey_form case_promotions"),
    ("fill surveys, offer promotions", {"operator", "coordinator"}, "answer_survey verify_data answer_promotion"),
    (
        "tickets: lists, search, cards, what was decided about them",
        {*ROLES},
        "tickets ticket_counts ticket_card find_tickets ticket_desk",
    ),
    (
        "take a message, read its answer to the caller, insist",
        {"operator", "coordinator"},
        "create_ticket similar_tickets communicate_ticket insist_ticket undo_ticket",
    ),
    (
        "send an answer back, leave a note with a ticket",
        {"operator", "coordinator", "answerer"},
        "send_back_ticket note_ticket",
    ),
    ("answer tickets", {"coordinator", "answerer"}, "take_ticket answer_tickets"),
    (
        "save attentions, plan and record calls, add tasks, and say what became of them",
        {"operator", "coordinator"},
        "attend undo_attention case_choices plan_call record_call add_task finish_item postpone_item",
    ),
    ("move what is planned, take one's own move back", {"operator", "coordinator"}, "reschedule_item undo_item"),
    (
        "see the agenda, what rings, routes, one's day",
        {"operator", "coordinator", "admin"},
        "agenda ringing agenda_counts item_moves routes activations help_desk my_day",
    ),
    ("acknowledge routes", {"coordinator", "admin"}, "acknowledge_route"),
    ("pause, and see one's own pause", {*ROLES}, "begin_pause end_pause my_pause pause_reasons"),
    ("say why one may pause", {"admin"}, "save_pause_reason"),
    (
        "give work to others, end another's pause",
        {"coordinator"},
        "reassign_cases pass_on_work undo_reassign end_pause_of",
    ),
    (
        "see the board, who is in, and work that nobody comes back to",
        {"coordinator", "admin"},
        (
            "board_figures board_chats board_tickets_by_hour board_contacts_by_level board_unanswered_by_age "
            "board_promises board_operators board_work board_pauses open_board_export people_in orphan_cases"
        ),
    ),
    ("make routes", {"admin"}, "save_route"),
    (
        "see what was written, by which way, and the texts for it",
        {"operator", "coordinator", "admin"},
        "message_ways message_templates template_variables conversations case_messages",
    ),
    (
        "write to clients, send again, read what they answer",
        {"operator", "coordinator"},
        "fill_template send_message resend_message mark_conversation_read",
    ),
    ("look after what belongs to no case", {"coordinator"}, "unattended_messages attend_message"),
    ("make templates", {"admin"}, "all_templates save_template"),
    ("see how the gateway is", {"coordinator", "admin"}, "gateway_state"),
    (
        "attend chats of the site",
        {"operator", "coordinator"},
        (
            "chats take_chat say_in_chat read_chat identify_chat hand_on_chat end_chat chat_colleagues "
            "fill_chat_template"
        ),
    ),
    ("see how the chats go, read old ones", {"operator", "coordinator", "admin"}, "chat_queue chat_lines"),
    (
        "the chat's visitors",
        set(),
        (
            "visitor_hours visitor_open visitor_state visitor_say visitor_lines visitor_news visitor_leave "
            "visitors_here visitor_message"
        ),
    ),
    (
        "gateway",
        set(),
        (
            "gateway_beat gateway_take gateway_sent gateway_failed gateway_doubtful gateway_recover gateway_receive "
            "gateway_delivery gateway_batch_due gateway_batch_mailed"
        ),
    ),
)
RECORDS = {
    *("audit_of", "audit_log", "access_log", "person_record", "erase_person", "assistants"),
    *("export_cases", "export_tickets", "export_contacts"),
}
MAY = {function: people for _, people, functions in MATRIX for function in functions.split()}
PERSONS = (*ROLES, "newcomer", "disabled", "stranger")
NOT_ALLOWED = (
    "No tenés permiso para hacer esto.",
    "Primero tenés que cambiar tu contraseña.",
    "permission denied for function",
)


@pytest.fixture(scope="module")
def superuser(
    server: EmbeddedServer, server_connection: psycopg.Connection, template: str, one_at_a_time: Hold, worker_id: str
) -> Iterator[psycopg.Connection]:
    """In a clone in which nothing is changed."""
    with (
        house(server, server_connection, template, one_at_a_time, f"matrix_{worker_id}") as conninfo,
        psycopg.connect(conninfo, autocommit=True) as connection,
    ):
        yield connection


@pytest.fixture(scope="module")
def connections(
    superuser: psycopg.Connection, server_connection: psycopg.Connection, worker_id: str
) -> Iterator[dict[str, psycopg.Connection]]:
    """Each person's own connection; those who are no role have every role and may nevertheless not."""
    people = People(superuser, f"matrix_{worker_id}")
    made = {name: people.raw(name, *([name] if name in ROLES else ROLES)) for name in PERSONS}
    change = "UPDATE iduo.staff SET {} WHERE login = %s"
    superuser.execute(change.format("must_change_password = true"), [people.add("newcomer")])
    superuser.execute(change.format("active = false"), [people.add("disabled")])
    superuser.execute("DELETE FROM iduo.staff WHERE login = %s", [people.add("stranger")])
    yield made
    people.close()
    people.forget(server_connection)


def answer(connection: psycopg.Connection, statement: sql.Composed) -> tuple[str, str]:
    """SQLSTATE and message; ("", "") when it went well."""
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate or "", error.diag.message_primary or ""
    return "", ""


def with_nothing(superuser: psycopg.Connection, function: str) -> sql.Composed:
    """A call with NULL for everything: harmless, and far enough to see who is let in."""
    query = "SELECT pronargs FROM pg_proc WHERE pronamespace = 'api'::regnamespace AND proname = %s"
    ((count,),) = superuser.execute(query, [function]).fetchall()
    return sql.SQL("SELECT * FROM {}({})").format(
        sql.Identifier("api", function), sql.SQL(", ").join([sql.NULL] * count)
    )


def test_every_function_is_in_the_matrix_once(superuser: psycopg.Connection) -> None:
    listed = " ".join(functions for _, _, functions in MATRIX).split()
    there = superuser.execute("SELECT proname FROM pg_proc WHERE pronamespace = 'api'::regnamespace").fetchall()
    assert sorted(listed) == sorted(name for (name,) in there)


@pytest.mark.parametrize("function", MAY)
def test_who_may(superuser: psycopg.Connection, connections: dict[str, psycopg.Connection], function: str) -> None:
    statement = with_nothing(superuser, function)
    for person, connection in connections.items():
        state, message = answer(connection, statement)
        refused = state == "42501" and message.startswith(NOT_ALLOWED)
        assert refused == (person not in MAY[function]), f"{person}: {state} {message}"
        # who is let in is answered, or refused in words of ours; without its receipt a record stays shut
        assert refused or state[:2] in ("", "IU") or (function in RECORDS and state == "42501"), f"{state} {message}"
