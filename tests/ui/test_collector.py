"""Garbage is collected on the UI thread, and collected at all."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from iduo_desktop.ui.collector import Collector


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    """It takes over for one test."""
    made = Collector()
    yield made
    made.release()
    assert gc.isenabled()


class Ring:
    """Holds itself, so that only a collection ends it."""

    def __init__(self, ended_on: list[int]) -> None:
        self.me = self
        self.widget = QObject()
        weakref.finalize(self, lambda: ended_on.append(threading.get_ident()))


def test_a_worker_that_allocates_does_not_collect(collector: Collector) -> None:
    ended_on: list[int] = []
    Ring(ended_on)
    worker = threading.Thread(target=lambda: [[] for _ in range(100_000)])
    worker.start()
    worker.join()
    assert ended_on == []
    rings = [[number] for number in range(2 * gc.get_threshold()[0])]
    collector.look()
    assert ended_on == [threading.get_ident()]
    assert rings


def test_what_is_there_from_the_start_is_not_looked_through_again(collector: Collector) -> None:
    collector.settle()
    assert gc.get_freeze_count() > 1000
