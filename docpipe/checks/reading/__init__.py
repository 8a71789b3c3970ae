"""Shared parsing of the number, unit and date checks: a text in a language becomes typed quantities with spans.

Parts of plug-ins, not plug-ins: no check lives here. Imports the core only.
"""
