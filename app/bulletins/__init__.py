"""Bulletins: what goes on upon the roads and in policy, told to those concerned; questions and answers."""
