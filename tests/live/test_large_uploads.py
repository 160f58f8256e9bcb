"""A file that is too large is told so, however much of it is still on its way."""

import http.client
import json

from tests.live.conftest import Serve
from tests.support.clients import API

TRIES = 10
MEGABYTES = 20


def test_the_refusal_of_a_large_file_is_never_lost(serve: Serve, database_url: str) -> None:
    service = serve(database_url)
    token = signed_in(service.port)
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n' + b"x" * (
        MEGABYTES << 20
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=b"}
    for _ in range(TRIES):
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
        connection.request("POST", f"{API}/uploads", body + b"\r\n--b--\r\n", headers)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (413, "upload.too_large")
        connection.close()


def test_a_query_that_is_too_long_is_refused_in_our_own_words(serve: Serve, database_url: str) -> None:
    service = serve(database_url)
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    connection.request("GET", f"{API}/stations?q={'%E5%AD%97' * 500}")
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (422, "api.invalid")
    connection.close()


def signed_in(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = json.dumps({"code": "demo:driver"})
    connection.request("POST", f"{API}/auth/wechat", body, {"Content-Type": "application/json"})
    token: str = json.loads(connection.getresponse().read())["token"]
    connection.close()
    return token
