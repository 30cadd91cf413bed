"""What the MSI needs and wixl has no words for: statements and tables for msibuild."""

from uuid import UUID

from iduo_desktop.identity import APP_USER_MODEL_ID

# what IT may say at installing; none of them is or may become a password: properties are written into logs
PROPERTIES = ("DBHOST", "DBPORT", "DBNAME", "SSLROOTCERT", "AUTOSTART")
DETECTED = ("WIX_DOWNGRADE_DETECTED", "WIX_UPGRADE_DETECTED")

# the system and administrators write, people read; nothing is inherited from the folder above, where anybody may write
RIGHTS = "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)"

# A component's condition is looked at again at every major upgrade: what was there before counts as said, or an
# upgrade without the property would switch it off.
AUTOSTART = 'AUTOSTART = "1" OR (NOT AUTOSTART AND STARTSALREADY)'

# Within the installation's transaction: if the new version fails, the old one is put back.
SEQUENCE = {"RemoveExistingProducts": 1510, "WriteMachineFile": 5900}

_64_BIT_RAW_VALUE = 18
_64_BIT, _REGISTRY_KEY_PATH = 256, 4


def statements() -> list[str]:
    """Queries in msibuild's SQL."""
    secure = ";".join((*PROPERTIES, *DETECTED))
    return [
        f"UPDATE `Property` SET `Value` = '{secure}' WHERE `Property` = 'SecureCustomProperties'",
        f"UPDATE `Component` SET `Condition` = '{AUTOSTART}' WHERE `Component` = 'Autostart'",
        f"UPDATE `Component` SET `Attributes` = {_64_BIT + _REGISTRY_KEY_PATH} WHERE `Component` = 'Autostart'",
        f"UPDATE `RegLocator` SET `Type` = {_64_BIT_RAW_VALUE}",
        *(
            f"UPDATE `InstallExecuteSequence` SET `Sequence` = {number} WHERE `Action` = '{action}'"
            for action, number in SEQUENCE.items()
        ),
    ]


def tables(package_code: UUID, made: str) -> dict[str, str]:
    """Whole tables in the format of msibuild -i, by name. `made`: when, as in 2026/11/22 15:00:00."""
    return {
        "_ForceCodepage": "\r\n\r\n1252\t_ForceCodepage\r\n",
        "MsiShortcutProperty": _table(
            "MsiShortcutProperty",
            {"MsiShortcutProperty": "s72", "Shortcut_": "s72", "PropertyKey": "s255", "PropVariantValue": "s255"},
            [("AppUserModelId", "StartMenu", "System.AppUserModel.ID", APP_USER_MODEL_ID)],
        ),
        "MsiLockPermissionsEx": _table(
            "MsiLockPermissionsEx",
            {"MsiLockPermissionsEx": "s72", "LockObject": "s72", "Table": "s32", "SDDLText": "s0", "Condition": "S255"},
            [(folder, folder, "CreateFolder", RIGHTS, "") for folder in ("MachineMaker", "MachineFolder")],
        ),
        "_SummaryInformation": _table(
            "_SummaryInformation", {"PropertyId": "i2", "Value": "l255"}, _summary(package_code, made), key="PropertyId"
        ),
    }


def _summary(package_code: UUID, made: str) -> list[tuple[str, ...]]:
    """What Windows shows of the file itself; plain ASCII, because libmsi writes it without its code page."""
    return [
        ("1", "1252"),
        ("2", "Installation Database"),
        ("3", "iduo Desktop"),
        ("4", "iduo"),
        ("5", "Installer"),
        ("6", "iduo Desktop"),
        ("7", "x64;11274"),
        ("9", f"{{{str(package_code).upper()}}}"),
        ("12", made),
        ("13", made),
        ("14", "500"),
        ("15", "2"),
        ("18", "msitools"),
        ("19", "2"),
    ]


def _table(name: str, columns: dict[str, str], rows: list[tuple[str, ...]], key: str = "") -> str:
    lines = [tuple(columns), tuple(columns.values()), (name, key or next(iter(columns))), *rows]
    return "".join("\t".join(line) + "\r\n" for line in lines)
