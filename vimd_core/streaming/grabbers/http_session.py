"""Asks one HTTP source's server: logs in, follows redirections, keeps cookies, and tells other hosts nothing."""

from __future__ import annotations

import http.cookiejar
import ssl
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from vimd_core import __version__
from vimd_core.errors import SourceError
from vimd_core.streaming.grabbers.authentication import Login, authorisation, challenges, logins
from vimd_core.streaming.grabbers.frames import MissingError, RefusedError
from vimd_core.streaming.sources.settings import ReadSettings

_MOST_REQUESTS: Final = 12
_REDIRECTIONS: Final = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_PRINTABLE: Final = "".join(map(chr, range(33, 127)))


class HttpSession:
    """What a source's server knows of us: the cookies that it set, and the log-in that it accepted.

    Credentials are told to the host of the address alone, and each host hears only of its own cookies. A connection
    that is lost and made anew goes on with both.

    Args:
        url: whole address, credentials included.
        settings: how patient to be.
    """

    def __init__(self, url: str, settings: ReadSettings) -> None:
        parts = urlsplit(url)
        self._settings = settings
        self._home = parts._replace(netloc=parts.netloc.rpartition("@")[2])
        has_login = parts.username is not None
        self._logins = (
            logins(unquote(parts.username or ""), unquote(parts.password or "")) if has_login else []
        )
        self._accepted: tuple[Login, str] | None = None
        self._answered = 0  # times that the challenge of the accepted log-in was answered
        self._jars: dict[str, http.cookiejar.CookieJar] = {}
        self._opener = _opener(settings)
        self._last = self._home

    def open(self) -> Any:
        """The answer to a request for the source, as `http.client` has it, its head read.

        Raises:
            RefusedError: not let in.
            MissingError: there is nothing.
            SourceError: anything else.
        """
        response = self._walk()
        if self._is_page_with_cookies(response):
            # A page that logs in and leads nowhere: with its cookie the source is there.
            response.close()
            response = self._walk()
        return response

    @property
    def url_for_others(self) -> str:
        """Where the source was found, for another reader; with credentials where that is the host they are for."""
        login = self._accepted[0] if self._accepted is not None else self._logins[0] if self._logins else None
        netloc = self._last.netloc
        if login is not None and self._is_home(self._last):
            user, password = (
                quote(text, safe="", encoding=login.encoding, errors="replace")
                for text in (login.user, login.password)
            )
            netloc = f"{user}:{password}@{netloc}"
        return self._last._replace(netloc=netloc).geturl()

    @property
    def cookies(self) -> str:
        """The cookies for that place, as a header has them; empty when there are none."""
        request = urllib.request.Request(self._last.geturl())
        self._jar(self._last).add_cookie_header(request)
        return str(request.get_header("Cookie", ""))

    def _walk(self) -> Any:
        place, header = self._home, self._known_answer(self._home)
        tried: list[Login] = []
        is_new = False  # whether the cookies of this place were thrown away once
        for _ in range(_MOST_REQUESTS):
            response = self._send(place, header)
            status, host = response.status, place.hostname or ""
            if status in _REDIRECTIONS and response.headers.get("Location"):
                place = _target(place, response.headers["Location"])
                tried, header = [], self._known_answer(place)
            elif status == 401 and self._logins and self._is_home(place):
                header = self._next_answer(place, response, tried, was_known=bool(header) and not tried)
                if not header:
                    self._jars.clear()
                    self._accepted = None
                    response.close()
                    raise RefusedError("{host} rejected the user name or password.", host=host)
            elif status in (401, 403):
                response.close()
                has_cookies = len(list(self._jar(place))) > 0
                self._jars.clear()
                if is_new or not has_cookies:
                    raise RefusedError("{host} rejected the user name or password.", host=host)
                # Cookies of a session that is over.
                is_new, place, tried, header = True, self._home, [], self._known_answer(self._home)
                continue
            elif status in (404, 410):
                response.close()
                raise MissingError("{host} has nothing at that address.", host=host)
            elif status // 100 != 2:
                response.close()
                raise SourceError("{host} responded with {status}.", host=host, status=status)
            else:
                self._last = place
                return response
            response.close()
        raise SourceError("{home} redirects endlessly.", home=self._home.hostname)

    def _is_page_with_cookies(self, response: Any) -> bool:
        kind = str(response.headers.get("Content-Type", "")).lower()
        return kind.startswith("text/html") and self._last != self._home and bool(self.cookies)

    def _known_answer(self, place: SplitResult) -> str:
        """What the server accepted before, so that it need not ask again."""
        if self._accepted is None or not self._is_home(place):
            return ""
        self._answered += 1
        login, challenge = self._accepted
        return authorisation(challenge, login, "GET", _request_target(place), self._answered)

    def _next_answer(self, place: SplitResult, response: Any, tried: list[Login], *, was_known: bool) -> str:
        """What is to be tried next; empty when everything was."""
        asked = challenges(response.headers.get_all("WWW-Authenticate") or [])
        if not asked:
            return ""
        order = list(self._logins)
        if self._accepted is not None and was_known:
            order = sorted(order, key=lambda login: login is not self._accepted[0])  # type: ignore[index]
        login = next((login for login in order if login not in tried), None)
        if login is None:
            return ""
        tried.append(login)
        self._accepted, self._answered = (login, asked[0]), 1
        return authorisation(asked[0], login, "GET", _request_target(place))

    def _send(self, place: SplitResult, header: str) -> Any:
        host = place.hostname or ""
        headers = {"User-Agent": f"ViMD/{__version__}"} | ({"Authorization": header} if header else {})
        request = urllib.request.Request(quote(place.geturl(), safe=_PRINTABLE), headers=headers)
        jar = self._jar(place)
        jar.add_cookie_header(request)
        try:
            response = self._opener.open(request, timeout=self._settings.connect_timeout_s)
        except urllib.error.URLError as e:
            raise _unreachable(host, e.reason, self._settings) from None
        except (OSError, HTTPException, ValueError) as e:
            raise _unreachable(host, e, self._settings) from None
        jar.extract_cookies(response, request)
        return response

    def _jar(self, place: SplitResult) -> http.cookiejar.CookieJar:
        port = "" if place.port in (None, *_DEFAULT_PORTS.values()) else f":{place.port}"
        return self._jars.setdefault(f"{place.hostname}{port}", http.cookiejar.CookieJar())

    def _is_home(self, place: SplitResult) -> bool:
        """Whether that is the server that the credentials are for, perhaps better protected."""
        home, there = _origin(self._home), _origin(place)
        is_upgrade = home[0] == "http" and there[0] == "https" and (home[2], there[2]) == (80, 443)
        return home[1] == there[1] and (home == there or is_upgrade)


def _opener(settings: ReadSettings) -> urllib.request.OpenerDirector:
    """An opener that knows HTTP alone, and gives back whatever is answered."""
    context = ssl.create_default_context()
    if not settings.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    opener = urllib.request.OpenerDirector()
    opener.add_handler(urllib.request.HTTPHandler())
    opener.add_handler(urllib.request.HTTPSHandler(context=context))
    return opener


def _target(place: SplitResult, location: str) -> SplitResult:
    try:
        target = urlsplit(urljoin(place.geturl(), location))
        is_usable = target.scheme in _DEFAULT_PORTS and bool(target.hostname) and target.port != 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise SourceError("{target} redirects to an address that can't be used.", target=place.hostname)
    return target._replace(netloc=target.netloc.rpartition("@")[2], fragment="")


def _request_target(place: SplitResult) -> str:
    target = place._replace(scheme="", netloc="", fragment="").geturl() or "/"
    return quote(target if target.startswith("/") else f"/{target}", safe=_PRINTABLE)


def _origin(place: SplitResult) -> tuple[str, str, int | None]:
    return place.scheme, place.hostname or "", place.port or _DEFAULT_PORTS.get(place.scheme)


def _unreachable(host: str, reason: object, settings: ReadSettings) -> SourceError:
    if isinstance(reason, TimeoutError):
        return SourceError(
            "{host} did not respond within {seconds:g} s.",
            host=host,
            seconds=settings.connect_timeout_s,
        )
    if isinstance(reason, ConnectionRefusedError):
        return SourceError("No response from {host}.", host=host)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return RefusedError("The certificate of {host} can't be verified.", host=host)
    text = getattr(reason, "strerror", None) or type(reason).__name__
    return SourceError("{host} can't be reached ({text}).", host=host, text=text)
