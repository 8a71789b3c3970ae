"""The command line: Typer commands, text for people and ``--json`` for programs. Imports steps and dispatch.

Command modules import nothing slow at the top: ``docpipe --help`` answers in under half a second.
"""
