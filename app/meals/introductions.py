"""Introduces this room to the others: the help desk, the cards of stations, a person's file and its end."""

from app.helpdesk import api as helpdesk_api
from app.helpdesk import hooks, views
from app.helpdesk import staff_api as desk_api
from app.meals import campaigns, offers, orders, rules
from app.meals import erasure as own
from app.people import erasure
from app.stations.book import add_card_section


def listen() -> None:
    """Once a process."""
    hooks.accompany("meal", orders.COMPANION)
    helpdesk_api.room.also_refuses("POST", "/requests", rules.ORDERING)
    desk_api.room.also_refuses("POST", "/staff/requests", rules.ORDERING)
    views.name_steps(
        meal_ordered="订上了",
        meal_ready="可以取餐",
        meal_picked_up="已取餐",
        meal_cancelled="餐厅取消了",
        meal_expired="过点没取",
    )
    add_card_section("meals", offers.of_today)
    add_card_section("campaigns", campaigns.notices)
    erasure.on_erase("meals", own.forget)
    erasure.on_export("meals", own.tell)
