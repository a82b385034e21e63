"""Reads of plans and their activities."""
