"""Qt with our looks and our language."""

import sys
import threading

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication

from iduo_desktop.ui import desktop_session


def new_application() -> QApplication:
    """Qt with our looks and our language, as every way of starting needs it."""
    desktop_session.begin()
    application = QApplication([*sys.argv[:1], "-style", "windows11" if _on_windows_11() else "Fusion"])
    threading.Thread(
        target=QFontInfo(application.font()).family, name="fonts"
    ).start()  # found while the rest is loaded
    application.setApplicationName("iduo Desktop")
    application.setQuitOnLastWindowClosed(False)
    _speak_spanish(application)
    return application


def _speak_spanish(application: QApplication) -> None:
    QLocale.setDefault(QLocale("es_AR"))
    translator = QTranslator(application)
    if translator.load("qtbase_es", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)


def _on_windows_11() -> bool:
    return sys.platform == "win32" and sys.getwindowsversion().build >= 22000
