"""Tiwizi's computational core: what to pool, where, when, at what saving, and who pays what. Knows no web."""

VERSION = "0.1.0"
