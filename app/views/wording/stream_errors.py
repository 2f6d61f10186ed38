"""What sources say when they fail; see `error_wording`."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QT_TRANSLATE_NOOP

STREAM_PATTERNS: Final = cast(
    tuple[str, ...],
    (
        QT_TRANSLATE_NOOP("ErrorSentences", "The folder of {0} is watched already."),
        QT_TRANSLATE_NOOP("ErrorSentences", "Another source is called {0}: choose another name."),
        QT_TRANSLATE_NOOP("ErrorSentences", "The address of a source may not hold credentials."),
        QT_TRANSLATE_NOOP("ErrorSentences", "Give an address, a file, a folder or the number of a camera."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "{0} can't be used as a source: only {1} and paths are accepted."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The address names no host that can be understood: write {0}://host/path or {1}://host:8080/path, without "
            "user name and password.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "The address holds a line break or another control character."),
        QT_TRANSLATE_NOOP("ErrorSentences", "There is no camera {0}: plug it in."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The camera {0} can't be opened: it is not there, used by another program, or not allowed.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "The camera {0} gives no pictures any more."),
        QT_TRANSLATE_NOOP("ErrorSentences", "The screen can't be read ({0})."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} names no part of the screen: write device://screen, or device://screen/x,y,width,height.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} is neither a regular file nor a folder."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} is no video that can be decoded."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} has no picture that can be decoded."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is coded as {1}, and this program has no decoder for {2}: convert it to H.264.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The region {0} ({1}) lies outside of the frame, which is {2} x {3} px: give it another place.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "There is no folder {0} any more."),
        QT_TRANSLATE_NOOP("ErrorSentences", "There is no folder {0}."),
        QT_TRANSLATE_NOOP("ErrorSentences", "There is no file {0}."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} refuses the user name or the password."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} has nothing at that address."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} has no stream of that name."),
        QT_TRANSLATE_NOOP("ErrorSentences", "The certificate of {0} can't be verified."),
        QT_TRANSLATE_NOOP("ErrorSentences", "Nobody answers at {0}, port {1}."),
        QT_TRANSLATE_NOOP("ErrorSentences", "Nobody answers at {0}."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} does not answer within {1} s."),
        QT_TRANSLATE_NOOP("ErrorSentences", "No picture came for {0} s."),
        QT_TRANSLATE_NOOP("ErrorSentences", "The connection was lost, or what came was no picture."),
        QT_TRANSLATE_NOOP("ErrorSentences", "The connection was lost."),
        QT_TRANSLATE_NOOP("ErrorSentences", "The server ended the stream."),
        QT_TRANSLATE_NOOP("ErrorSentences", "What came was no picture."),
        QT_TRANSLATE_NOOP("ErrorSentences", "Captures can't be written {0} ({1}): waiting until they can."),
    ),
)
