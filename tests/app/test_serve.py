"""The door of the app: raw requests, as a browser on a foreign page or a rebound name would send them."""

import socket
from importlib import util

import pytest

from psoas.app.serve import HOST, PORT, listening, opened, quiet, refusal
from psoas.errors import InputError, PsoasError

VIEWER = pytest.mark.skipif(util.find_spec("viser") is None, reason="needs the package viser (pip: .[app])")
WAIT_S = 10.0


@pytest.mark.parametrize(
    ("hosts", "origins", "upgrade", "why"),
    [
        (["127.0.0.1:8467"], [], False, ""),
        (["localhost:8467"], ["http://localhost:8467"], True, ""),
        (["LOCALHOST:8467"], ["http://127.0.0.1:8467"], True, ""),
        (["example.com:8467"], [], False, "foreign host"),
        (["127.0.0.1.example.com:8467"], [], False, "foreign host"),  # rebound to this machine
        (["127.0.0.1:8468"], [], False, "foreign host"),
        (["127.0.0.1"], [], False, "foreign host"),
        (["[::1]:8467"], [], False, "foreign host"),
        (["127.0.0.1:8467@example.com"], [], False, "foreign host"),
        ([""], [], False, "foreign host"),
        ([], [], False, "foreign host"),
        (["127.0.0.1:8467", "example.com"], [], False, "foreign host"),
        (["127.0.0.1:8467"], ["http://example.com"], False, "foreign origin"),
        (["127.0.0.1:8467"], ["https://127.0.0.1:8467"], True, "foreign origin"),
        (["127.0.0.1:8467"], ["http://127.0.0.1:3000"], True, "foreign origin"),
        (["127.0.0.1:8467"], ["null"], True, "foreign origin"),
        (["127.0.0.1:8467"], ["http://127.0.0.1:8467", "http://example.com"], True, "foreign origin"),
        (["127.0.0.1:8467"], [], True, "no origin"),
    ],
)
def test_who_may_come_in(hosts, origins, upgrade, why):
    assert refusal(hosts, origins, 8467, upgrade=upgrade) == why


def test_a_port_of_this_machine_alone():
    with listening() as first, listening() as second:
        assert {s.getsockname()[0] for s in (first, second)} == {HOST}
        assert second.getsockname()[1] not in (PORT, first.getsockname()[1])  # the usual one is taken by now
        taken = second.getsockname()[1]
        with pytest.raises(InputError, match=f"--port {taken} cannot be had.*Leave it out"):
            listening(taken)
    with listening(taken) as again:
        assert again.getsockname() == (HOST, taken)


@pytest.mark.parametrize("port", [-1, 0, 80, 70000])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(InputError, match="allowed is 1024 to 65535"):
        listening(port)


@pytest.fixture(scope="module")
def server():
    if util.find_spec("viser") is None:
        pytest.skip("needs the package viser (pip: .[app])")
    with listening() as listener:
        running = opened(listener, "a test")
        yield running
        with quiet():
            running.stop()


def asked(port, *headers, path="/", start=None):
    """Send one raw request; return its status, the headers of the answer in lower case, and its body's beginning."""
    lines = [start or f"GET {path} HTTP/1.1", *headers, "", ""]
    with socket.create_connection((HOST, port), timeout=WAIT_S) as door:
        door.sendall("\r\n".join(lines).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            got = door.recv(4096)
            if not got:
                break
            head += got
    top, _, body = head.partition(b"\r\n\r\n")
    first, *rest = top.decode("latin-1").split("\r\n")
    told = dict(line.lower().split(": ", 1) for line in rest)
    return (int(first.split()[1]) if first else 0), told, body


WEBSOCKET = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


def test_the_page_is_given_to_this_machine_with_a_policy(server):
    port = server.get_port()
    for name in ("127.0.0.1", "localhost"):
        status, told, _ = asked(port, f"Host: {name}:{port}")
        assert status == 200 and told["content-type"].startswith("text/html")
        policy = told["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "http://" not in policy
        assert told["x-frame-options"] == "deny" and told["x-content-type-options"] == "nosniff"


def test_a_websocket_is_given_to_the_page_of_this_machine(server):
    port = server.get_port()
    status, _, _ = asked(port, f"Host: localhost:{port}", f"Origin: http://localhost:{port}", *WEBSOCKET)
    assert status == 101


@pytest.mark.parametrize("upgrade", [False, True])
@pytest.mark.parametrize(
    "headers",
    [
        ("Host: example.com:{port}",),
        ("Host: example.com",),
        ("Host: rebound.example.com:{port}", "Origin: http://rebound.example.com:{port}"),
        ("Host: 127.0.0.1:{port}", "Origin: http://example.com"),
        ("Host: 127.0.0.1:{port}", "Origin: null"),
        ("Host: 127.0.0.1:{port}", "Host: example.com", "Origin: http://127.0.0.1:{port}"),
        ("Origin: http://127.0.0.1:{port}",),
        (),
    ],
)
def test_foreign_requests_are_refused_before_the_viewer_sees_them(server, headers, upgrade):
    port = server.get_port()
    lines = [line.format(port=port) for line in headers]
    status, told, body = asked(port, *lines, *(WEBSOCKET if upgrade else ()))
    assert status == 403 and body.startswith(b"Refused: ") and "upgrade" not in told
    assert server.get_clients() == {}


def test_a_websocket_needs_an_origin(server):
    port = server.get_port()
    assert asked(port, f"Host: 127.0.0.1:{port}", *WEBSOCKET)[0] == 403
    # However the header is written.
    odd = [line.replace("Upgrade: websocket", "uPGRADE:  WebSocket") for line in WEBSOCKET]
    assert asked(port, f"Host: 127.0.0.1:{port}", *odd)[0] == 403


@pytest.mark.parametrize("path", ["/../serve.py", "/%2e%2e/%2e%2e/_viser.py", "//etc/passwd", "/index.html/.."])
def test_no_file_but_the_page_is_given(server, path):
    port = server.get_port()
    assert asked(port, f"Host: 127.0.0.1:{port}", path=path)[0] == 404


@pytest.mark.parametrize("start", ["POST / HTTP/1.1", "CONNECT example.com:443 HTTP/1.1", "GET", "\x00\x01"])
def test_what_is_no_request_for_a_page_gets_none(server, start):
    port = server.get_port()
    status, _, _ = asked(port, f"Host: 127.0.0.1:{port}", start=start)
    assert status in (0, 400, 405)
    assert asked(port, f"Host: 127.0.0.1:{port}")[0] == 200  # and the server goes on


def test_another_address_of_this_machine_hears_nothing(server):
    with socket.socket() as door:
        door.settimeout(WAIT_S)
        assert door.connect_ex(("127.0.0.2", server.get_port())) != 0


def test_the_page_cannot_be_shared_through_a_tunnel(server):
    assert server.request_share_url() is None and server._share_tunnel is None


@VIEWER
def test_a_viewer_that_lets_foreign_requests_in_is_not_opened(monkeypatch):
    monkeypatch.setattr("psoas.app.serve.checked", lambda answer, port: answer)
    with listening() as listener, pytest.raises(PsoasError, match="does not let psoas guard its door"):
        opened(listener, "a test")
