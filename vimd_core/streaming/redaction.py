"""Takes credentials out of texts before anyone else sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, quote_plus, unquote

MASK: Final = "***"
SECRET_PARAMETERS: Final = frozenset(
    {"user", "usr", "username", "login", "loginuse", "pwd", "pass", "passwd", "password", "loginpas"}
    | {"token", "access_token", "auth", "authorization", "key", "api_key", "apikey", "secret", "sig"}
    | {"signature", "credential", "credentials", "session", "sessionid"}
)

# Everything between :// and the last @ of the authority, and of what a careless password makes of it: one that
# holds a slash or a question mark ends the authority early, but a colon before it that no port follows gives it away.
_USER_INFO: Final = re.compile(r"(://)(?:[^\s/?#\"'<>]*@)+")
_CARELESS_USER_INFO: Final = re.compile(r"(://)[^\s/?#@\"'<>]*:(?!\d+(?:[/?#\s\"'<>]|$))[^\s\"'<>]*@")
_PARAMETER: Final = re.compile(
    rf"(?i)\b({'|'.join(sorted(SECRET_PARAMETERS, key=len, reverse=True))})(\s*=\s*)[^\s&;#\"'<>]+"
)
_HEADER: Final = re.compile(r"(?i)\b(authorization\s*:\s*)[^\r\n]+")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without credentials.

    Taken out are user names and passwords in addresses, parameters that are called like a secret, authorisation
    headers, and each of `secrets` wherever and however escaped it stands.

    Args:
        text: a log line, an error, an address.
        secrets: what is known to be secret.
    """
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    text = _CARELESS_USER_INFO.sub(rf"\1{MASK}@", text)
    text = _USER_INFO.sub(rf"\1{MASK}@", text)
    text = _HEADER.sub(rf"\1{MASK}", text)
    return _PARAMETER.sub(rf"\1\2{MASK}", text)


def _forms(secret: str) -> set[str]:
    return {
        secret,
        unquote(secret),
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        repr(secret)[1:-1],
    }
