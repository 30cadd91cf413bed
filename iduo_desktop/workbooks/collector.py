"""Long lists are kept whole: to look for garbage among their rows again and again costs time and holds the window."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# objects; fewer are looked through in a few milliseconds
MANY: Final = 20_000


@contextmanager
def at_rest() -> Iterator[None]:
    """No collection of garbage inside; of many new objects none is looked at afterwards either.

    They go as soon as nobody has them any more, as all do that are in no circle.
    """
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            if gc.get_count()[0] > MANY:
                gc.freeze()
            gc.enable()
