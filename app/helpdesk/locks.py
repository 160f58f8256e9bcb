"""Changing several requests at once: locked in the order of their ids, so that nobody waits in a circle."""

from typing import Any

from sqlalchemy import ColumnElement, Update, select, tuple_, update

from app.helpdesk.models import HelpRequest


def update_in_order(*which: ColumnElement[bool], **values: Any) -> Update:
    """An UPDATE of these requests whose rows are locked one after the other, as by all who lock several.

    Where another changes a row meanwhile, the conditions are tried again on what he left.
    """
    found = select(HelpRequest.origin, HelpRequest.id).where(*which).order_by(HelpRequest.id)
    locked = found.with_for_update(key_share=True).cte("locked")
    key = tuple_(HelpRequest.origin, HelpRequest.id)
    changed = update(HelpRequest).where(key == tuple_(locked.c.origin, locked.c.id)).values(**values)
    return changed.execution_options(synchronize_session=False)
