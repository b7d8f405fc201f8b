"""Accounts, their keys, budgets and webhooks."""
