"""Everything that people do with the service, in one go: fills every table and touches every secret."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.notices.templates import catalogue
from app.wechat.standin.demo import demo_openid
from tests.support.clients import Somebody, fresh_key, sign_in
from tests.support.days import DAY
from tests.web.claim_journey import accompany, watch

PHONE = "13900007654"
CALLER_PHONE = "13600001357"
PLATE = "甘A7X9Q2"


@dataclass
class Secrets:
    """What the journey used that must never stand in a log, by what it is."""

    by_name: dict[str, str] = field(default_factory=dict)


def walk(app: Flask) -> Secrets:
    """Sign in, prove a phone, check in, ask, answer, be refused; returns every secret that was used."""
    used = Secrets()
    driver, staff = sign_in(app, "driver"), sign_in(app, "staff")
    key = _key(app)
    used.by_name |= {
        "driver's token": driver.token,
        "staff's token": staff.token,
        "openid": demo_openid("driver"),
        "QR key": key,
        "phone": PHONE,
        "caller's phone": CALLER_PHONE,
        "plate": PLATE,
        "WeChat's secret": app.extensions["home"].settings.wechat.secret,
        "code of a phone": f"demo:{PHONE}",
    }
    _prove_and_check_in(driver, key)
    used.by_name |= _ask_and_answer(driver, staff)
    _be_refused(app, driver, staff, key)
    return used


def _key(app: Flask) -> str:
    with app.extensions["home"].database.transaction() as session:
        return str(session.scalar(text("SELECT key FROM qr_key WHERE station = 'GS001' AND side = 'A'")))


def _prove_and_check_in(driver: Somebody, key: str) -> None:
    ok(driver.post("/me/phone", {"code": f"demo:{PHONE}"}))
    ok(driver.put("/me", {"nickname": "老陈师傅", "vehicle": {"plate": PLATE, "kind": "heavy_truck"}}))
    ok(driver.put("/me/consents/location", {"granted": True}))
    templates = [template.id for template in catalogue().templates]
    ok(driver.post("/subscriptions", {"results": dict.fromkeys(templates, "accept")}))
    where = {"lat": 36.057913, "lon": 103.834271, "accuracy_m": 30}
    once = fresh_key()
    for _ in range(2):
        ok(driver.post("/checkins", {"code": f"https://x.test/s/{key}", "location": where}, once))


def _ask_and_answer(driver: Somebody, staff: Somebody) -> dict[str, str]:
    said = {
        "what hurts": "胸口闷得厉害喘不上气",
        "where": "靠出口第三排蓝色货车",
        "internal note": "家属电话打不通待核实",
        "what the police said": "接警员说半小时到现场",
        "reply": "医生两分钟到请解开衣领",
        "name of a caller": "示例来人马师傅",
        "what is broken": "示例：三号插座漏电打手",
    }
    about = {"station": "GS001", "side": "A", "kind": "washer", "name": "示例洗衣机"}
    washer = ok(staff.post("/staff/facilities", about))["id"]
    ok(driver.post(f"/facilities/{washer}/bookings"))
    ok(driver.post(f"/facilities/{washer}/reports", {"state": "out", "text": said["what is broken"]}))
    ok(driver.post("/me/card"))
    claim = ok(driver.post("/requests", {"kind": "insurance", "station": "GS001", "text": "油被偷"}))["id"]
    ok(staff.post(f"/staff/requests/{claim}/claim"))
    step = {"kind": "police", "at": f"{DAY}T08:00:00+08:00", "note": said["what the police said"]}
    ok(staff.post(f"/staff/requests/{claim}/milestones", step))
    said |= accompany(driver, staff, claim)
    shift = {"station": "GS001", "to": sign_in(staff.app, "staff2").user["id"]}
    ok(staff.post("/staff/shifts/hand-over", shift))
    asked = driver.post(
        "/requests",
        {"kind": "medical", "station": "GS001", "text": said["what hurts"], "place_text": said["where"]},
        fresh_key(),
    )
    path = f"/staff/requests/{ok(asked)['id']}"
    said |= watch(staff, ok(asked)["id"])
    ok(staff.post("/staff/desk/heartbeat", {"station": "GS001"}))
    ok(staff.post(f"{path}/claim"))
    ok(staff.post(f"{path}/on-scene"))
    ok(staff.post(f"{path}/hand-over", {"to": "120"}))
    ok(staff.post(f"{path}/replies", {"text": said["reply"]}))
    ok(staff.post(f"{path}/replies", {"text": said["internal note"], "internal": True}))
    ok(staff.post(f"{path}/reveal-phone", {"reason": "回拨"}))
    ok(staff.post(f"{path}/resolve", {"text": "已送医"}))
    caller = {"name": said["name of a caller"], "phone": CALLER_PHONE}
    ok(staff.post("/staff/requests", {"kind": "other", "text": "找不到司机", "caller": caller}))
    ok(driver.get("/inbox"))
    return said


def _be_refused(app: Flask, driver: Somebody, staff: Somebody, key: str) -> None:
    """Refusals and faults tell the log more than successes do."""
    client = app.test_client()
    client.get(f"/s/{key}")
    client.get("/metrics")
    client.get(f"/api/v1/nowhere/{key}?token={driver.token}")
    driver.post("/requests", {"kind": "other", "text": PLATE, "contact_phone": f"{PHONE}x"})
    driver.post("/checkins", {"code": f"{key}ZZZZ"})
    driver.post("/me/phone", {"code": "not-a-code"})
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {driver.token}x"})
    ok(driver.post("/auth/logout"))
    driver.get("/me")


def ok(answer: Any) -> Any:
    """The body of a success."""
    assert answer.status_code < 300, answer.text
    return answer.get_json(silent=True)
