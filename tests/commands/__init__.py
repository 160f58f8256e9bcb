"""What an operator types: backup and restore."""
