"""Plausible arguments for every function of the door, by name or by type, so that most of them do something."""

import psycopg
from psycopg import sql

BY_TYPE = {
    "bigint": "1",
    "integer": "1",
    "text": "'x'",
    "jsonb": "'{}'",
    "boolean": "true",
    "numeric": "10.5",
    "date": "'{day}'",
    "timestamp with time zone": "'{day} 13:30:00-03'",
    "time without time zone": "'10:30'",
    "bytea": "decode(repeat('ab', 32), 'hex')",
    "bytea[]": "ARRAY[decode(repeat('ab', 32), 'hex')]",
    "uuid": "'7e57ab1e-0000-4000-8000-000000000001'",
    "text[]": "'{delinquent}'",
    "bigint[]": "'{1,2}'",
    "integer[]": "'{1}'",
    "numeric[]": "'{1,2,3,4,5}'",
    "interval": "'30 days'",
}
BY_NAME = {
    "p_list": "'delinquent'",
    "p_case": "{case}",
    "p_to": "'active'",
    "p_channel": "'call'",
    "p_direction": "'outbound'",
    "p_purpose": "'collection'",
    "p_address": "'3414210000'",
    "p_text": "'zuma'",
    "p_limit": "100",
    "p_after": "NULL",
    "p_before": "NULL",
    "p_only": "NULL",
    "p_team": "NULL",
    "p_kind": "'task'",
    "p_kinds": "NULL",
    "p_state": "'open'",
    "p_sort": "'work'",
    "p_tab": "'open'",
    "p_whose": "'mine'",
    "p_caller_kind": "'other'",
    "p_disposition": "2",
    "p_call": "NULL",
    "p_topic": "NULL",
    "p_form_version": "NULL",
    "p_promise_amount": "NULL",
    "p_promise_date": "NULL",
    "p_callback_at": "NULL",
    "p_since": "NULL",
    "p_priority": "'high'",
    "p_risk": "'low'",
    "p_version": "1",
    "p_number": "20001",
    "p_what": "'audit'",
    "p_subject": "'log'",
    "p_email": "'a@b.com'",
    "p_roles": "'{operator}'",
    "p_phone": "'341 421-0000'",
    "p_phone_key": "'3414210000'",
    "p_search_key": "'3414210000'",
    "p_phone_e164": "'+543414210000'",
    "p_assignee": "NULL",
    "p_ivr_option": "2",
    "p_insisted": "''",
    "p_provisional": "''",
    "p_override_reason": "'pidió que lo llamen'",
    "p_first": "'{first}'",
    "p_last": "'{last}'",
    "p_until": "'{day}'",
    "p_login": "'nueva.persona'",
    "p_full_name": "'Nueva Persona'",
    "p_verifier": "'SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==${key}:{key}'",
    "p_area_code": "'341'",
    "p_reason": "'porque sí'",
    "p_due_at": "'{day} 13:30:00-03'",
}


KEY = "A" * 43 + "="
CALL = sql.SQL("SELECT * FROM {}({})")


def arguments(superuser: psycopg.Connection, known: dict[str, object]) -> dict[str, str]:
    """For each function of the door a call of it."""
    query = """
        SELECT p.proname, p.pronargs, coalesce(p.proargnames, '{}'), p.proargtypes::regtype[]::text[]
        FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace AND p.proname <> 'trace' ORDER BY 1"""
    known = known | {"key": KEY}
    return {
        function: CALL.format(sql.Identifier("api", function), sql.SQL(_given(names[:count], types, known))).as_string(
            None
        )
        for function, count, names, types in superuser.execute(query).fetchall()
    }


def _given(names: list[str], types: list[str], known: dict[str, object]) -> str:
    return ", ".join(
        f"{_filled(_value(name, kind), known | {'key': KEY})}::{kind}" for name, kind in zip(names, types, strict=True)
    )


def _value(name: str, kind: str) -> str:
    """By its name, unless a parameter of that name is of another type here."""
    said = BY_NAME.get(name, "")
    quoted_number = said.startswith("'") and kind in ("bigint", "integer", "numeric", "boolean", "uuid", "jsonb")
    moment = kind.startswith("timestamp") and "13:30" not in said and said != "NULL"
    array = kind.endswith("[]") and not said.startswith(("'{", "NULL"))
    bare_text = kind == "text" and said[:1].isdigit()
    return BY_TYPE[kind] if not said or quoted_number or array or bare_text or moment else said


def _filled(value: str, known: dict[str, object]) -> str:
    for name, one in known.items():
        value = value.replace(f"{{{name}}}", str(one))
    return value
