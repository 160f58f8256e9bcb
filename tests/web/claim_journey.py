"""A claim from theft to papers, and a lorry that is watched, for the journey that fills every table."""

import io
from datetime import timedelta
from typing import Any

from tests.content.conftest import picture
from tests.support.clients import API, Somebody, sign_in

KEPT = "机房二号柜移动硬盘"
CAMERA = "东广场三号枪机"
PARKED = "西停车场七排二十二号"
CARGO = "两吨活鱼要打氧"
POLICE_NO = "示例接警七七四一"


def accompany(driver: Somebody, staff: Somebody, claim: str) -> dict[str, str]:
    """Footage, reports, evidence, a paper that is looked at, a co-driver, a number; what must stay secret."""
    hours = {"from_at": "2026-11-01T02:00:00+08:00", "until_at": "2026-11-01T05:00:00+08:00"}
    kept = {"outcome": "secured", "camera": CAMERA, "kept_where": KEPT, **hours}
    _ok(staff.put(f"/staff/requests/{claim}/footage", kept))
    told = {"police_no": POLICE_NO, "what": "fuel_theft", "loss_fen": 180_000}
    _ok(driver.put(f"/requests/{claim}/insurance", told))
    _ok(driver.put(f"/requests/{claim}/insurance/evidence", {"code": "tank"}))
    _ok(driver.put("/me/consents/documents", {"granted": True}))
    sent = {"file": (io.BytesIO(picture()), "photo.jpg"), "purpose": "document"}
    headers = {"Authorization": f"Bearer {driver.token}"}
    upload = _ok(driver.app.test_client().post(f"{API}/uploads", data=sent, headers=headers))
    body = {"upload_id": upload["id"], "kind": "identity"}
    paper = _ok(driver.post(f"/requests/{claim}/documents", body))
    _ok(driver.app.test_client().get(paper["url"]))
    code = _ok(driver.post(f"/requests/{claim}/co-driver-code"))["code"]
    _ok(sign_in(driver.app, "driver2").post("/claims/join", {"code": code}))
    number = {"code": "picc", "checked_on": "2026-11-01"}
    _ok(sign_in(driver.app, "admin").put("/staff/claims/hotlines", number))
    return {"where footage lies": KEPT, "camera": CAMERA, "police's number": POLICE_NO, "code": code}


def _ok(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.get_json(silent=True)


def watch(staff: Somebody, call: str) -> dict[str, str]:
    """Lorry and cargo of a medical call are watched; what must stay secret."""
    until = staff.app.extensions["home"].clock.now() + timedelta(hours=1)
    about = {"place": PARKED, "cargo": CARGO, "keys": "desk", "until_at": until.isoformat()}
    _ok(staff.post(f"/staff/requests/{call}/watch", about))
    return {"where the lorry stands": PARKED, "cargo": CARGO}
