"""HTTPS: the trusted certificate authorities, as the system has them (TLS context)."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Final

# Where systems keep the certificates that they trust, other than the one that this program was built on.
_TRUSTED: Final = ("/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem")


def trusted_context() -> ssl.SSLContext:
    """Whom to believe: those whom the system believes."""
    context = ssl.create_default_context()
    if not context.get_ca_certs():
        for path in filter(Path.is_file, map(Path, _TRUSTED)):
            context.load_verify_locations(path)
    return context
