"""Who is asking, what they may do and where; deny by default."""

import uuid
from dataclasses import dataclass, field

EVERYWHERE = "*"

ROLES = (
    "driver", "member", "staff", "kitchen", "responder", "supervisor", "secretary", "committee",
    "editor", "approver", "admin", "auditor", "viewer",
)  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """A signed-in person with the roles held at this moment, each at a station or everywhere ("*")."""

    person_id: uuid.UUID
    name: str
    grants: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    sign_in: bytes = b""

    def has(self, *roles: str) -> bool:
        """Whether one of the roles is held anywhere."""
        return any(role in roles for role, _ in self.grants)

    def places(self, *roles: str) -> frozenset[str]:
        """The stations at which one of the roles is held; holds "*" when that is everywhere."""
        return frozenset(place for role, place in self.grants if role in roles)

    def reaches(self, station: str | None, *roles: str) -> bool:
        """Whether one of the roles is held at this station (None: the duty centre, which is everywhere)."""
        places = self.places(*roles)
        return EVERYWHERE in places or (station is not None and station in places)


@dataclass(frozen=True)
class Access:
    """Who may call an endpoint at all; finer questions (whose object?) are the use case's.

    `hidden`: to everybody else it is as if nothing were there.
    """

    public: bool = False
    roles: tuple[str, ...] = ()
    hidden: bool = False


PUBLIC = Access(public=True)
SIGNED_IN = Access()


def only(*roles: str, hidden: bool = False) -> Access:
    """Signed in and holding one of these roles somewhere; 403 for all others, 404 where it is hidden."""
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"no such role: {unknown}")
    return Access(roles=roles, hidden=hidden)
