"""Sign-in, the phone, staff accounts, the roster."""
