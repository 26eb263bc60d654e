"""The app's door: bound to this machine alone, closed to foreign names, and shut without a trace."""

from __future__ import annotations

import contextlib
import http
import io
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from psoas.errors import InputError, PsoasError

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")  # what this machine may be called by a page of the app
PORT = 8467  # the usual one; where it is taken, any that is free
WAIT_S = 5.0
# The page may load and ask nothing but its own server; the viewer's code needs the rest. Nobody may frame it.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob: data:",
        "connect-src 'self' data: blob: {sockets}",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)


def listening(port: int | None = None) -> socket.socket:
    """Return a socket that listens on this machine alone: at `port`, or at PORT or, where that is taken, a free one.

    Raises InputError where the port that was asked for cannot be had.
    """
    if port is not None and not 1024 <= port <= 65535:
        raise InputError(f"--port is {port}; allowed is 1024 to 65535.")
    for wanted in (PORT, 0) if port is None else (port,):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # elsewhere this flag lets a second program take a port that is in use
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, wanted))
            listener.listen()
        except OSError as error:
            listener.close()
            if port is not None:
                raise InputError(
                    f"--port {port} cannot be had: {error.strerror}. Leave it out for a free one."
                ) from None
        else:
            return listener
    raise PsoasError(f"No port of {HOST} is free.")


def refusal(hosts: Sequence[str], origins: Sequence[str], port: int, *, upgrade: bool) -> str:
    """Return why a request is refused, "" where it is not.

    hosts, origins: every value of these headers. The host must be this machine by one of NAMES with this port: a name
    that somebody else lets point here (DNS rebinding) is foreign. An origin must be a page of that host; a WebSocket
    (`upgrade`) must have one, as browsers always send it.
    """
    ends = ("", f":{port}") if port == 80 else (f":{port}",)
    known = {name + end for name in NAMES for end in ends}
    if len(hosts) != 1 or hosts[0].strip().lower() not in known:
        return "foreign host"
    if upgrade and not origins:
        return "no origin"
    if len(origins) > 1 or any(o.strip().lower() not in {f"http://{host}" for host in known} for o in origins):
        return "foreign origin"
    return ""


def checked(answer: Callable[[Any, Any], Any] | None, port: int) -> Callable[[Any, Any], Any]:
    """Return the first look at every request of a websockets server, before anything else sees it.

    answer: what the server itself does with a request that passes.
    """
    from websockets.datastructures import Headers
    from websockets.http11 import Response

    policy = POLICY.format(sockets=" ".join(f"ws://{name}:{port}" for name in NAMES))
    kept = {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
    }

    def look(connection: Any, request: Any) -> Any:
        headers = request.headers
        why = refusal(
            headers.get_all("Host"), headers.get_all("Origin"), port, upgrade=bool(headers.get_all("Upgrade"))
        )
        if why:
            text = f"Refused: {why}.\n".encode()
            told = Headers({"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(text))})
            return Response(http.HTTPStatus.FORBIDDEN, "Forbidden", told, text)
        found = answer(connection, request) if answer is not None else None
        if found is not None:
            for name, value in kept.items():
                found.headers[name] = value
        return found

    return look


@contextlib.contextmanager
def _guarded(listener: socket.socket) -> Iterator[None]:
    """Let a websockets server that is started meanwhile listen on `listener` alone and look at every request first."""
    from websockets.asyncio import server

    plain, port = server.serve, listener.getsockname()[1]

    def serve(handler: Any, host: Any = None, _port: Any = None, *, process_request: Any = None, **options: Any) -> Any:
        return plain(handler, sock=listener, process_request=checked(process_request, port), **options)

    server.serve = serve  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        server.serve = plain  # type: ignore[misc]


def opened(listener: socket.socket, label: str) -> Any:
    """Return a viser server behind the guard; raises PsoasError where a foreign request is not refused.

    viser has no place for a guard of its own, so the function that it serves with is wrapped while it starts; whether
    that worked is tried from outside before anybody is told the address.
    """
    import viser

    class Loopback(viser.ViserServer):
        """A viser server that cannot be shared with the world."""

        def request_share_url(self, verbose: bool = True) -> str | None:
            """Do nothing: a page of the app must not be able to open a tunnel."""
            return None

    port = listener.getsockname()[1]
    with _guarded(listener), quiet():
        server = Loopback(host=HOST, port=port, label=label, verbose=False)
    if (
        server.get_port() != port
        or _status(port, f"{HOST}:{port}") != 200
        or _status(port, f"example.com:{port}") != 403
    ):
        with quiet():
            server.stop()
        raise PsoasError(
            f"viser {viser.__version__} does not let psoas guard its door, so the app does not open. "
            'Another version may: pip install "viser==1.1.1"'
        )
    return server


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what viser prints from standard output."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def _status(port: int, host: str) -> int:
    """Return the HTTP status that a request with that Host gets, 0 where there is no answer."""
    try:
        with socket.create_connection((HOST, port), timeout=WAIT_S) as asked:
            asked.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return int(asked.recv(64).split()[1])
    except (OSError, ValueError, IndexError):
        return 0
