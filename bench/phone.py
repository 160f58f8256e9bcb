"""The stand-in for the benchmark of sends, in a process of its own: how long each answer takes is given."""

import sys

from app.wechat.standin.server import StandIn
from app.wechat.standin.world import World
from bench.crowd import TEMPLATE, openid

SEND = "/cgi-bin/message/subscribe/send"


def main(port: int, people: int) -> None:
    """Serve on that port; everybody has more credit than any benchmark uses up."""
    world = World()
    for number in range(1, people + 1):
        world.desk.grant(openid(number), TEMPLATE, 1_000_000)
    StandIn("127.0.0.1", port, world).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
