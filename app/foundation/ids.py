"""Identities: time-ordered, unguessable (UUID version 7, RFC 9562)."""

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A fresh UUIDv7 as the standard library's type."""
    return uuid_utils.compat.uuid7()
