"""People: who somebody is, which roles are held where, sign-ins, staff accounts."""
