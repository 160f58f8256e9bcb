"""What a running process holds: settings, clock, database, shared state, and what the rooms hang up here."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.foundation import columns
from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.keys import resolve_secrets
from app.foundation.shared import SharedState
from app.settings import Settings

T = TypeVar("T")


@dataclass
class Home:
    """One process of the house; the web, the jobs and the commands each open one."""

    settings: Settings
    clock: Clock
    database: Database
    shared: SharedState
    parts: dict[type, Any] = field(default_factory=dict)

    def hang(self, part: object) -> None:
        """Keep a room's long-lived object (the WeChat client, say) for the life of the process."""
        self.parts[type(part)] = part

    def part(self, kind: type[T]) -> T:
        """The object of that type that was hung up. KeyError when none was."""
        found: T = self.parts[kind]
        return found

    def close(self) -> None:
        """Let go of connections."""
        self.shared.close()
        self.database.close()


def open_home(settings: Settings) -> Home:
    """Put the furniture of one process together; `settings.database.url` must be set by now."""
    settings = settings.model_copy(update={"secrets": resolve_secrets(settings.secrets, settings.data_dir)})
    columns.use_vault(columns.parse_vault(settings.secrets.data_keys, settings.secrets.index_key))
    clock = Clock(None if settings.production else settings.data_dir / "clock.offset")
    database = Database(settings.database)
    return Home(settings, clock, database, SharedState(settings.redis, database))
