"""What holds for the whole house: directions, migrations, settings, what may be committed."""
