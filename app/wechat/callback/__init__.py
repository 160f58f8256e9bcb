"""What WeChat pushes to us: checked, stored before it is answered, worked off after, each exactly once."""

from app.wechat.callback.events import Event
from app.wechat.callback.handlers import NotYet, on

__all__ = ["Event", "NotYet", "on"]
