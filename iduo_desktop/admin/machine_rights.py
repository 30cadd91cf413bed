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
        """Own both folders and the file; set the file aside if somebody else put it there before.

        Never deeper, and never through a link: somebody may have left one to a folder of Windows.
        """
        folders = (path.parent.parent, path.parent)
        for one in folders:
            if _leads_elsewhere(one):
                raise OSError(f"{one} lleva a otra carpeta")
        if path.exists() and (_leads_elsewhere(path) or owner(path) not in {*TRUSTED, _mine(path.parent)}):
            path.replace(path.with_name(path.name + REFUSED))
        for one in (*folders, *(file for file in (path,) if file.exists())):
            _icacls(one, "/setowner", f"*{ADMINISTRATORS}", "/Q")
            _icacls(one, "/reset", "/Q")
        for one in folders:
            _icacls(one, "/inheritance:r", "/grant:r", *RIGHTS)

    def _leads_elsewhere(path: Path) -> bool:
        return bool(path.lstat().st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT)

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
        """Under /etc nobody but root writes."""
