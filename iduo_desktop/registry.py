"""What IT decided in the registry of Windows, read as the files are; nothing on other systems."""

import sys
from pathlib import Path
from typing import Any

from iduo_desktop.config_keys import POLICY_KEY, policy_name

if sys.platform == "win32":
    import winreg


# where Windows says where its folders are, which only administrators change
_FOLDERS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"

if sys.platform == "win32":

    def machines_data() -> Path:
        """The folder that all persons of this PC share; not what the environment says, which each of them sets."""
        return Path(_key(winreg.HKEY_LOCAL_MACHINE, _FOLDERS)[0].get("common appdata", r"C:\ProgramData"))

    def policies(root: int = winreg.HKEY_LOCAL_MACHINE) -> dict[str, Any]:
        """The policies, with the profiles inside; what may not be read raises OSError."""
        values, names = _key(root, POLICY_KEY)
        if "profiles" in names:
            _, profiles = _key(root, rf"{POLICY_KEY}\Profiles")
            values["profiles"] = {name: _key(root, rf"{POLICY_KEY}\Profiles\{name}")[0] for name in profiles}
        return values

    def _key(root: int, path: str) -> tuple[dict[str, Any], list[str]]:
        """The values of a key and the names of the keys in it, in lower case as in the files."""
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        try:
            with winreg.OpenKey(root, path, 0, access) as key:
                keys, values, _ = winreg.QueryInfoKey(key)
                read = [winreg.EnumValue(key, at) for at in range(values)]
                # a value without a name is the key's own and says nothing
                return {policy_name(name): value for name, value, _ in read if name}, [
                    winreg.EnumKey(key, at).lower() for at in range(keys)
                ]
        except FileNotFoundError:
            return {}, []

else:

    def policies() -> dict[str, Any]:
        """There is no registry."""
        return {}
