"""The folder of the machine's file becomes the administrators': anybody may have made it before them."""

import ctypes
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from iduo_desktop.admin.machine_file import RIGHTS

REFUSED = ".rechazado"
ADMINISTRATORS = "S-1-5-32-544"
# the system, administrators, Windows' own installer
TRUSTED = ("S-1-5-18", ADMINISTRATORS, "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464")

if sys.platform == "win32":
    from ctypes import wintypes

    _FILE_OBJECT, _OWNER = 1, 1

    def take(path: Path) -> None:
        """Own both folders and all in them; set aside a file that somebody else put there before."""
        maker, folder = path.parent.parent, path.parent
        for one in (maker, folder):
            one.mkdir(exist_ok=True)
            if one.lstat().st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
                raise OSError(f"{one} lleva a otra carpeta")
        if path.exists() and owner(path) not in {*TRUSTED, _mine(folder)}:
            path.replace(path.with_name(path.name + REFUSED))
        _icacls(maker, "/setowner", f"*{ADMINISTRATORS}", "/T", "/C", "/Q")
        _icacls(maker, "/reset", "/T", "/C", "/Q")
        _icacls(maker, "/inheritance:r", "/grant:r", *RIGHTS)

    def owner(path: Path) -> str:
        """Whose a file is, as in S-1-5-18."""
        security, kernel = ctypes.WinDLL("advapi32"), ctypes.WinDLL("kernel32")
        kernel.LocalFree.argtypes = [ctypes.c_void_p]
        sid, descriptor, text = ctypes.c_void_p(), ctypes.c_void_p(), wintypes.LPWSTR()
        asked = (_FILE_OBJECT, _OWNER, ctypes.byref(sid), None, None, None, ctypes.byref(descriptor))
        code = security.GetNamedSecurityInfoW(wintypes.LPCWSTR(str(path)), *asked)
        if code:
            raise ctypes.WinError(code)
        try:
            if not security.ConvertSidToStringSidW(sid, ctypes.byref(text)):
                raise ctypes.WinError()
            said = text.value or ""
            kernel.LocalFree(text)
            return said
        finally:
            kernel.LocalFree(descriptor)

    def _mine(folder: Path) -> str:
        """Whose a file is that this process makes."""
        with tempfile.NamedTemporaryFile(dir=folder) as made:
            return owner(Path(made.name))

    def _icacls(path: Path, *words: str) -> None:
        program = Path(os.environ["SYSTEMROOT"], "System32", "icacls.exe")
        quiet = subprocess.DEVNULL
        subprocess.run([str(program), str(path), *words], check=True, stdin=quiet, stdout=quiet, stderr=quiet)

else:

    def take(path: Path) -> None:
        """Make the folder; a package's installer is root, and under /etc nobody else writes."""
        path.parent.mkdir(parents=True, exist_ok=True)
