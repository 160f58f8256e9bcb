"""The load: some clients on kept-alive connections, each with one request at a time; a process of its own.

`python -m bench.load` reads a job as JSON from standard input and writes what it measured to standard output.
One thread, one selector, requests glued together from ready parts: some 30 µs of processor time a request.
"""

import selectors
import socket
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import orjson

_ANSWER_S = 30.0


@dataclass
class Job:
    """`tokens` and `keys` for check-ins, the number `start` is of the first; `path` and `etag` for reads.

    `posts`: so many requests without a body and no more, each a sign-in's token and a path.
    """

    port: int
    clients: int
    seconds: float
    path: str
    etag: str = ""
    tokens: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    start: int = 0
    posts: tuple[tuple[str, str], ...] = ()


@dataclass
class Measured:
    """`latencies_ms` is sorted; `sent` counts every request, also those under way at the end."""

    sent: int
    seconds: float
    statuses: dict[str, int]
    latencies_ms: list[float]
    first_wrong: str = ""


def check_ins(job: Job) -> Iterator[bytes]:
    """Endless check-ins, each of another person, place and key than any before in this run."""
    people, places = len(job.tokens), len(job.keys)
    head = f"POST {job.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    number = job.start
    while True:
        if number >= people * places:
            raise ValueError("every person has been everywhere: more people are needed")
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        body = f'{{"code":"https://home.example/s/{job.keys[number // people]}",'
        body += f'"person_kind":"truck_driver","scanned_at":"{at}"}}'
        yield (
            f"{head}Authorization: Bearer {job.tokens[number % people]}\r\n"
            f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()
        number += 1


def reads(job: Job) -> Iterator[bytes]:
    """The same read again and again, with the tag of what the client has."""
    tag = f"If-None-Match: {job.etag}\r\n" if job.etag else ""
    request = f"GET {job.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{tag}\r\n".encode()
    while True:
        yield request


def posted(job: Job) -> Iterator[bytes]:
    """Each of the job's posts, once."""
    for token, path in job.posts:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        yield f"{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}".encode()


def _requests(job: Job) -> Iterator[bytes]:
    if job.posts:
        return posted(job)
    return check_ins(job) if job.tokens else reads(job)


def run(job: Job) -> Measured:
    """Load the server for the job's seconds, or until its posts are over. OSError when it hangs up or answers
    nothing for 30 s."""
    requests = _requests(job)
    statuses: Counter[str] = Counter()
    latencies: list[float] = []
    wrong = ""
    with selectors.DefaultSelector() as selector:
        clients = [_Client(job.port) for _ in range(job.clients)]
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
        began = time.perf_counter()
        until = began + job.seconds
        for client in clients:
            client.send(next(requests))
        sent = waiting = len(clients)
        while waiting:
            events = selector.select(_ANSWER_S)
            if not events:
                raise OSError("the server answers nothing")
            for selected, _ in events:
                client = selected.data
                if not client.receive():
                    continue
                now = time.perf_counter()
                latencies.append((now - client.sent_at) * 1000)
                status = client.answer[9:12].decode()
                statuses[status] += 1
                if status[0] not in "23" and status != "409" and not wrong:
                    wrong = client.answer.decode(errors="replace")
                if now < until and (request := next(requests, None)):
                    client.send(request)
                    sent += 1
                else:
                    waiting -= 1
        took = time.perf_counter() - began
        for client in clients:
            client.socket.close()
    return Measured(sent, took, dict(statuses), sorted(latencies), wrong)


class _Client:
    """One connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.answer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Take what is there; True when the answer is whole."""
        piece = self.socket.recv(65536)
        if not piece:
            raise OSError("the server hung up")
        self.answer += piece
        head, found, body = self.answer.partition(b"\r\n\r\n")
        return bool(found) and len(body) >= _length(head)


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"content-length:")
    return int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def main() -> None:
    """Do the job that standard input describes."""
    job = Job(**orjson.loads(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(orjson.dumps(asdict(run(job))))


if __name__ == "__main__":
    main()
