"""Starting the house on one machine: embedded database, processes, addresses."""
