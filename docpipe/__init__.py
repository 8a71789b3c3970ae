"""docpipe translates and drafts regulatory submission documents and stops at checkpoints for people.

Nothing is imported here: every door imports what it needs, so that ``docpipe --help`` stays quick.
"""

__version__ = "0.1.0"
