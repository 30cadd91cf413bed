"""What is typed stays out of the files that systems write when a program crashes: they hold its whole memory."""

import sys

if sys.platform == "win32":
    import ctypes

    _NO_DIALOGS = 0x0001 | 0x0002  # SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX: without it no report is made

    def forbid() -> None:
        """Windows Error Reporting is not called for this process and its children."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.SetErrorMode(kernel.GetErrorMode() | _NO_DIALOGS)

else:
    import resource

    def forbid() -> None:
        """No core files. With one byte, unlike none, Linux does not hand the memory to another program either."""
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
