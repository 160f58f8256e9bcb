"""The yardstick of sends: a bare thread pool that posts the same bodies over kept-alive connections."""

import http.client
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import local

from bench.crowd import TEMPLATE, openid
from bench.phone import SEND

_mine = local()


def main(port: int, width: int, number: int) -> dict[str, float]:
    """Send that many, each to somebody else; messages a second, from the first answer to the last."""
    token = _token(port)
    ended: list[float] = []

    def send(to: int) -> None:
        if not hasattr(_mine, "connection"):
            _mine.connection = http.client.HTTPConnection("127.0.0.1", port)
        path = f"{SEND}?access_token={token}"
        _mine.connection.request("POST", path, _body(to), {"Content-Type": "application/json"})
        answer = json.loads(_mine.connection.getresponse().read())
        if answer["errcode"] != 0:
            raise RuntimeError(str(answer))
        ended.append(time.perf_counter())

    with ThreadPoolExecutor(width) as pool:
        list(pool.map(send, range(1, number + 1)))
    return {"rate": (len(ended) - 1) / (max(ended) - min(ended))}


def _body(to: int) -> bytes:
    values = {"thing1": "道路封闭", "thing2": "G30", "time3": "2026年11月22日 15:01", "thing4": "详见公告"}
    message = {
        "touser": openid(to),
        "template_id": TEMPLATE,
        "data": {key: {"value": value} for key, value in values.items()},
        "miniprogram_state": "formal",
        "lang": "zh_CN",
        "page": "pages/bulletin/index?id=1",
    }
    return json.dumps(message, ensure_ascii=False).encode()


def _token(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    asked = {"grant_type": "client_credential", "appid": "wx0000000000000000", "secret": "development"}
    connection.request("POST", "/cgi-bin/stable_token", json.dumps(asked))
    return str(json.loads(connection.getresponse().read())["access_token"])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*map(int, sys.argv[1:]))))
