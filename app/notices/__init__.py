"""Telling people: the inbox that has everything, credits for WeChat messages, the outbox and its delivery."""
