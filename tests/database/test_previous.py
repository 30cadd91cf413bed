"""The release that is installed keeps working on the database of this one."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.database.previous import door, missing

BEFORE = json.loads(Path(__file__).with_name("previous_api.json").read_text("utf-8"))

# what a change of the door would do to a program of before, and what is said of it
CHANGES: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda now: now.pop("people"), "people: gone"),
    (lambda now: now["end_session"]["parameters"].clear(), "end_session: parameter p_pid"),
    (lambda now: now["end_session"]["parameters"].append(["p_why", "text", False]), "new parameter p_why must be said"),
    (lambda now: now["people"]["columns"].pop(0), "people: column login"),
    (lambda now: now["people"]["columns"][0].__setitem__(1, "bigint"), "people: column login"),
    (lambda now: now["people"]["roles"].remove("iduo_admin"), "people: not for iduo_admin"),
    (lambda now: now["end_session"].update(returns="text"), "end_session: returns text"),
]


def test_a_program_of_the_release_before_finds_all_it_asks_for(superuser: psycopg.Connection) -> None:
    assert len(BEFORE) > 100
    assert missing(BEFORE, door(superuser)) == []


@pytest.mark.parametrize(("change", "said"), CHANGES, ids=[said for _, said in CHANGES])
def test_what_would_be_missed_is_found(change: Callable[[dict[str, Any]], object], said: str) -> None:
    now = copy.deepcopy(BEFORE)
    change(now)
    assert [found for found in missing(BEFORE, now) if said in found]


def test_more_is_no_harm() -> None:
    now = copy.deepcopy(BEFORE)
    now["end_session"]["parameters"].append(["p_why", "text", True])
    now["people"]["columns"].append(["more", "text"])
    now["new"] = now["people"]
    assert missing(BEFORE, now) == []
