"""Whatever WeChat, the network or a proxy do, the caller is back at the deadline."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.wechat import Sort, Unavailable, WeChat
from app.wechat.client import Client, Request
from app.wechat.deadline import Deadline
from app.wechat.replies import Lost
from app.wechat.standin.server import StandIn
from app.wechat.standin.world import World
from app.wechat.transport import Exchange, Http
from tests.wechat.helpers import DATA, DRIVER, LOGIN, PHONE, SEND, TEMPLATE, TOKEN, break_it, wechat

DEADLINE_S = 0.5
SLACK_S = 10.0
"""What a busy machine may add. Whatever waits too long here waits much longer, or its answer tells."""


@contextmanager
def back_in_time(deadline_s: float = DEADLINE_S) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < deadline_s + SLACK_S


@pytest.fixture
def hasty(standin: StandIn) -> WeChat:
    return wechat(standin.url, deadline_s=DEADLINE_S, connect_timeout_s=DEADLINE_S)


@pytest.mark.parametrize(("fault", "value"), [("hang", 60), ("slow", 60), ("drip", 0.2), ("drip_body", 1)])
def test_sign_in_is_back_at_the_deadline(standin: StandIn, hasty: WeChat, fault: str, value: float) -> None:
    """A drip sends a byte every few milliseconds: no time-out that counts from byte to byte ever strikes."""
    break_it(standin, LOGIN, fault, value)
    with back_in_time(), pytest.raises(Unavailable):
        hasty.login("demo:driver")


def test_token_fetch_call_refresh_and_second_call_share_one_deadline(standin: StandIn, hasty: WeChat) -> None:
    for path in (TOKEN, PHONE):
        standin.world.latency_s[path] = DEADLINE_S * 0.4
    break_it(standin, PHONE, "errcode", 40001)
    with back_in_time(), pytest.raises(Unavailable):
        hasty.phone_number("demo:13800001234")


def test_a_send_after_a_slow_token_has_only_the_rest(standin: StandIn) -> None:
    client = wechat(standin.url, deadline_s=2)
    standin.world.latency_s[TOKEN] = standin.world.latency_s[SEND] = 1.2
    with back_in_time(2):
        assert client.send_subscribe(DRIVER, TEMPLATE, DATA).sort is Sort.UNKNOWN


def test_a_host_that_takes_no_connection_is_left_at_the_connect_timeout() -> None:
    """A full backlog: the connection is never established."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        client = wechat(f"http://127.0.0.1:{address[1]}", deadline_s=60, connect_timeout_s=0.3)
        with back_in_time(0.3), pytest.raises(Unavailable):
            client.login("demo:driver")
        for filler in fillers:
            filler.close()


def test_a_name_server_that_hangs_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: answered.wait(60))
    client = wechat("http://weixin.invalid", deadline_s=DEADLINE_S)
    before = threading.active_count()
    for _ in range(2):
        with back_in_time():
            assert client.send_subscribe(DRIVER, TEMPLATE, DATA).sort is Sort.TRY_LATER
    assert threading.active_count() - before <= 1  # one question, however many wait for the answer
    answered.set()


def test_all_addresses_of_a_name_share_the_connect_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    family, kind = socket.AF_INET, socket.SOCK_STREAM
    many = [(family, kind, 6, "", ("127.0.0.1", 9)) for _ in range(8)]
    waits: list[float] = []

    class Silent(socket.socket):
        def connect(self, address: object) -> None:
            waits.append(self.gettimeout() or 0)
            time.sleep(waits[-1])
            raise TimeoutError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: many)
    monkeypatch.setattr(socket, "socket", Silent)
    client = wechat("http://many.invalid", deadline_s=60, connect_timeout_s=2)
    with pytest.raises(Unavailable):
        client.login("demo:driver")
    assert sum(waits) <= 2
    assert len(waits) == len(many)  # a dead first address does not eat the others' time


@contextmanager
def mute_server() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_tls_handshake_that_is_never_answered_ends_at_the_deadline() -> None:
    with mute_server() as port, back_in_time(), pytest.raises(Unavailable):
        wechat(f"https://127.0.0.1:{port}", deadline_s=DEADLINE_S).login("demo:driver")


def test_a_proxy_that_never_opens_the_tunnel_ends_at_the_deadline_and_nothing_was_sent() -> None:
    with mute_server() as port, back_in_time():
        client = wechat("https://weixin.invalid", deadline_s=DEADLINE_S, proxy=f"http://127.0.0.1:{port}")
        assert client.send_subscribe(DRIVER, TEMPLATE, DATA).sort is Sort.TRY_LATER


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=now - datetime.timedelta(days=1),
        not_valid_after=now + datetime.timedelta(days=1),
    )
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
    ).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.parametrize(("fault", "lost"), [(None, None), ("drip", Lost.CUT), ("hang", Lost.CUT)])
def test_the_deadline_holds_inside_tls_too(certificate: Path, fault: str | None, lost: Lost | None) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    standin = StandIn("127.0.0.1", 0, World())
    standin.socket = context.wrap_socket(standin.socket, server_side=True)
    threading.Thread(target=standin.serve_forever, args=(0.05,), daemon=True).start()
    if fault:
        break_it(standin, LOGIN, fault)
    client = Client("wx1", standin.url.replace("http:", "https:"), Http(2, verify=str(certificate)))
    query = {"appid": "wx1", "secret": "a-secret", "js_code": "demo:x", "grant_type": "authorization_code"}
    try:
        with back_in_time():
            deadline = Deadline.after(DEADLINE_S if fault else SLACK_S)
            reply = client.call(Request("sns/jscode2session", query), Exchange(deadline, 1))
    finally:
        standin.shutdown()
        standin.server_close()
    assert reply.lost is lost
    assert (reply.errcode == 0) is (fault is None)


def test_an_answer_without_an_end_is_cut_by_its_size(
    monkeypatch: pytest.MonkeyPatch, standin: StandIn
) -> None:
    monkeypatch.setattr("app.wechat.transport.MAX_ANSWER_BYTES", 10)
    with pytest.raises(Unavailable):
        wechat(standin.url).login("demo:driver")
