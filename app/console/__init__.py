"""The staff's console: pages rendered here, decided in the rooms below."""
