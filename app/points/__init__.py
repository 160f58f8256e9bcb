"""Points: rules with versions, a ledger of what really happened, the quarter from settling to rewards."""
