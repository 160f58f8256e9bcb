"""Decisions of the insurance companion: its milestones, and when one may be noted."""

from app.foundation.refusals import Refusal
from app.helpdesk.rules import OPEN

MILESTONE_EXISTS = Refusal("claim.milestone_exists", 409, "这一步已经记过了。")

MILESTONES = {
    "police": "已报警",
    "insurer": "已向保险公司报案",
    "survey": "已查勘",
    "loss_fixed": "已定损",
    "documents": "材料已交齐",
    "paid": "已赔付",
}


def may_note(kind: str, state: str) -> bool:
    """Only a claim that is under way has steps."""
    return kind == "insurance" and state in OPEN
