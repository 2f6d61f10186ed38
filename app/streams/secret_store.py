"""Credentials of sources in the system's key store (keyring) and nowhere else."""

from __future__ import annotations

import logging
from typing import Final

import msgspec

from vimd_core.streaming.sources.addresses import Credentials

_SERVICE: Final = "ViMD Studio"

_log = logging.getLogger(__name__)


class SecretStore:
    """The system's key store. It may ask the user to unlock it, so it is called from threads that may wait."""

    def save(self, key: str, credentials: Credentials) -> bool:
        """Keep credentials; False when there is no key store, or it refuses."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(_SERVICE, key, msgspec.json.encode(credentials).decode())
        except (KeyringError, RuntimeError, OSError) as e:
            # Not its text, which could hold what was to be kept.
            _log.info("The key store took nothing: %s", type(e).__name__)
            return False
        return True

    def load(self, key: str) -> Credentials | None:
        """What was kept; None when there is nothing, or no key store."""
        import keyring
        from keyring.errors import KeyringError

        try:
            kept = keyring.get_password(_SERVICE, key)
            return None if kept is None else msgspec.json.decode(kept, type=Credentials)
        except (KeyringError, RuntimeError, OSError, msgspec.MsgspecError) as e:
            _log.info("The key store gave nothing: %s", type(e).__name__)
            return None

    def forget(self, key: str) -> None:
        """Keep it no longer; what is not there is no error."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.delete_password(_SERVICE, key)
        except (KeyringError, RuntimeError, OSError):
            return
