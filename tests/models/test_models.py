"""The machines, through lines that hold and through lines that break; with --long they play for longer."""

import pytest

from tests.conftest import Figure
from tests.models.answers import AnswerMachine
from tests.models.base import Machine, Place, play
from tests.models.cases import CaseMachine
from tests.models.clients import ClientMachine
from tests.models.quotas import QuotaMachine
from tests.models.receipts import ReceiptMachine
from tests.models.tickets import TicketMachine

MACHINES = (CaseMachine, TicketMachine, AnswerMachine, ClientMachine, ReceiptMachine, QuotaMachine)


@pytest.fixture
def size(pytestconfig: pytest.Config) -> tuple[int, int, bool]:
    """Games, moves of each, and whether they are always the same ones."""
    return (100, 50, False) if pytestconfig.getoption("long") else (4, 12, True)


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("machine", MACHINES)
def test_the_server_is_as_the_model(
    machine: type[Machine], place: Place, size: tuple[int, int, bool], figure: Figure
) -> None:
    play(machine, place, *size)
    assert place.commands
    figure(place.told())


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("machine", MACHINES)
def test_lines_that_break_change_nothing(
    machine: type[Machine], shaky_place: Place, size: tuple[int, int, bool], figure: Figure
) -> None:
    examples, steps, derandomize = size
    play(machine, shaky_place, max(examples // 2, 1), steps, derandomize)
    assert shaky_place.cutter
    assert sum(shaky_place.cutter.cuts.values())
    figure(shaky_place.told())
