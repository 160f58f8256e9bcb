"""Duty posts: shifts that fill without overbooking, attendance that counts itself, stand-ins."""
