"""What Windows shows of a program under Properties, Details: the text that PyInstaller turns into the resource."""

import re

COMPANY = "iduo"
PRODUCT = "iduo Desktop"
SPANISH_AR, UNICODE = 0x2C0A, 1200

_TEXT = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1,
                    subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable({table!r}, [
{strings}
    ])]),
    VarFileInfo([VarStruct('Translation', [{language}, {codepage}])]),
  ],
)
"""


def version_resource(program: str, description: str, version: str) -> str:
    """The resource of one program; `version` as in iduo_desktop.__version__."""
    values = {
        "CompanyName": COMPANY,
        "FileDescription": description,
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": f"© {COMPANY}",
        "OriginalFilename": f"{program}.exe",
        "ProductName": PRODUCT,
        "ProductVersion": version,
    }
    strings = "\n".join(f"      StringStruct({name!r}, {value!r})," for name, value in values.items())
    return _TEXT.format(
        numbers=numbers(version),
        table=f"{SPANISH_AR:04X}{UNICODE:04X}",
        strings=strings,
        language=SPANISH_AR,
        codepage=UNICODE,
    )


def numbers(version: str) -> tuple[int, int, int, int]:
    """The four numbers that Windows compares: "1.2.3" is (1, 2, 3, 0)."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        raise ValueError(f"a version has three numbers: {version}")
    return int(found[1]), int(found[2]), int(found[3]), 0
