"""Members: who belongs to which branch since when, declared or imported, verified, transferred, left."""
