"""Check-ins: one scan, one row, however often and however late the phone sends it."""
