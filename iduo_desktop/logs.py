"""The log file and the hooks for what nobody caught; neither holds personal data: no values, no messages of others."""

import faulthandler
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

log = logging.getLogger("iduo")
Report = Callable[[type[BaseException], BaseException | None, TracebackType | None], object]

_SIZE = 1_000_000
_FILES = 5


class LogFiles:
    """Log to files in a folder until closed; `report` is told of uncaught exceptions too."""

    def __init__(self, folder: Path, report: Report | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "iduo-desktop.log"
        self._report = report
        self._handler = RotatingFileHandler(
            self.path, maxBytes=_SIZE, backupCount=_FILES - 1, encoding="utf-8", delay=True
        )
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        # Only our own loggers: what libraries log may hold values.
        log.addHandler(self._handler)
        log.setLevel(logging.INFO)
        log.propagate = False
        self._crashes = (folder / "crash.log").open("a", encoding="utf-8")
        faulthandler.enable(self._crashes)
        sys.excepthook = self.uncaught
        threading.excepthook = lambda args: self.uncaught(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = lambda args: self.uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    def uncaught(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        """Write down what nobody caught, and tell."""
        if issubclass(kind, SystemExit):
            return
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        log.error("%s", describe(kind, error, trace))
        if self._report is not None:
            self._report(kind, error, trace)

    def close(self) -> None:
        """Close the files and give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        faulthandler.disable()
        self._crashes.close()
        log.removeHandler(self._handler)
        self._handler.close()


def describe(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> str:
    """An exception without its values: where it came from; its text only when its class says that it holds none."""
    lines = traceback.format_list(traceback.extract_tb(trace))
    said = f": {error}" if getattr(kind, "safe_to_log", False) else ""
    causes = error and (error.__cause__ or (None if error.__suppress_context__ else error.__context__))
    before = f"{describe(type(causes), causes, causes.__traceback__)}\nthen\n" if causes else ""
    return f"{before}{kind.__qualname__}{said}\n{''.join(lines)}".rstrip()
