"""Error classes: the sentences stand where they are raised, as message ids that are translated when shown."""

from __future__ import annotations

from typing import Self

from vimd_core.user_messages import Sentence, sentence


class VimdError(Exception):
    """Base of all errors that ViMD reports to its user: a message id and arguments, see `vimd_core.user_messages`.

    Args:
        wording: the English template, written out where the error is raised, so that translators find it.
        arguments: what stands in its places.
    """

    def __init__(self, wording: str, /, **arguments: object) -> None:
        self.sentence = sentence(wording, **arguments)
        super().__init__(wording)

    @classmethod
    def of(cls, said: Sentence) -> Self:
        """The error that says a message which was made elsewhere."""
        return cls(said.wording, **said.arguments)

    def __str__(self) -> str:
        return str(self.sentence)


class ConfigError(VimdError):
    """A configuration value is out of range or contradicts another one."""


class ImageError(VimdError):
    """A file or an array can't be used as an image."""


class DatasetError(VimdError):
    """A folder or a list of captures can't be used."""


class CheckpointError(VimdError):
    """A model file is missing, damaged, unsafe or does not fit."""


class DeviceError(VimdError):
    """The wanted device can't be used or has run out of memory."""


class MemoryShortageError(DeviceError):
    """A step does not fit into the memory; a smaller batch might."""


class BackendError(VimdError):
    """The wanted backend of the selective scan can't be used here."""


class WorkerError(VimdError):
    """The child process broke the protocol or ended without being asked to."""


class SourceError(VimdError):
    """A camera, stream, video or folder can't be used as a source of captures."""


class CancelledError(VimdError):
    """The job was cancelled by its user."""
