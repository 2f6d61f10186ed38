"""Translation (i18n): the language of the program."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import resources

_FOLDER: Final = Path(resources.__file__).parent / "translations"
LANGUAGES: Final = ("en", "zh_CN")


def chosen_language(wanted: str) -> str:
    """One of `LANGUAGES`: the wanted one, or the first of the system's that there is a translation for."""
    if wanted in LANGUAGES:
        return wanted
    for name in QLocale.system().uiLanguages():
        locale = QLocale(name)
        if locale.language() is QLocale.Language.English:
            break
        if (
            locale.language() is QLocale.Language.Chinese
            and locale.script() is QLocale.Script.SimplifiedChineseScript
        ):
            return "zh_CN"
    return "en"


def install_translation(application: QCoreApplication, language: str) -> list[QTranslator]:
    """Let the program and Qt's own dialogs speak a language and write its numbers; must come before any widget.

    Returns:
        What was installed, for `remove_translation`.
    """
    system = QLocale.system()
    wanted = QLocale(language)
    QLocale.setDefault(system if system.language() is wanted.language() else wanted)
    installed = []
    ours, qts = _FOLDER, Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    # What is in English already needs its plurals alone, which Qt's dialogs that we use have none of.
    qt_catalogue = () if language == "en" else ((qts, f"qtbase_{language}"),)
    for folder, name in (*qt_catalogue, (ours, f"studio_{language}")):
        translator = QTranslator(application)
        if translator.load(name, str(folder)):
            application.installTranslator(translator)
            installed.append(translator)
    return installed


def remove_translation(application: QCoreApplication, translators: list[QTranslator]) -> None:
    """Speak as the sources do again."""
    for translator in translators:
        application.removeTranslator(translator)
