"""The desktop session that this program runs in: what Windows wants to be told before the first window, and after."""

import sys

from iduo_desktop.identity import APP_USER_MODEL_ID

if sys.platform == "win32":
    import ctypes
    import os
    from ctypes import wintypes

    _HIDE, _POPUP, _ANYBODY = 0, 0x80000000, 0xFFFFFFFF

    def begin() -> None:
        """Before the first window: one button with the shortcut in the task bar, and windows that are seen.

        Whoever starts us hidden, as softphones do, hides the first window that is ever shown: that is one of no use.
        """
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(wintypes.LPCWSTR(APP_USER_MODEL_ID))
        user = ctypes.WinDLL("user32")
        user.CreateWindowExW.restype = wintypes.HWND
        nothing = (None,) * 4
        window = wintypes.HWND(user.CreateWindowExW(0, "STATIC", None, _POPUP, 0, 0, 0, 0, *nothing))
        user.ShowWindow(window, _HIDE)
        user.DestroyWindow(window)

    def session() -> int:
        """The number of the session: two people on one terminal server have two, and so has one person twice."""
        return _session_of(os.getpid())

    def server_of(pipe: int) -> int:
        """The process that listens at the other end of a pipe; 0 when nobody knows."""
        process = wintypes.ULONG()
        known = ctypes.WinDLL("kernel32").GetNamedPipeServerProcessId(wintypes.HANDLE(pipe), ctypes.byref(process))
        return process.value if known else 0

    def is_ours(process: int) -> bool:
        """Whether it runs in our session: somebody else could have taken our pipe's name first."""
        return process != 0 and _session_of(process) == session()

    def let_come_forward(process: int) -> None:
        """Windows gives the front only to whom it is given by the one who has it: the process just started."""
        ctypes.WinDLL("user32").AllowSetForegroundWindow(wintypes.DWORD(process or _ANYBODY))

    def _session_of(process: int) -> int:
        number = wintypes.DWORD()
        found = ctypes.WinDLL("kernel32").ProcessIdToSessionId(wintypes.DWORD(process), ctypes.byref(number))
        return number.value if found else -1

else:

    def begin() -> None:
        """Nothing to be told."""

    def session() -> int:
        """One for each person: the folder of sockets is his own."""
        return 0

    def server_of(_pipe: int) -> int:
        """A socket in one's own folder is one's own."""
        return 0

    def is_ours(_process: int) -> bool:
        """As above."""
        return True

    def let_come_forward(_process: int) -> None:
        """Window managers decide by themselves."""
