"""THE CORE: frozen data and pure functions, no input or output. Imports nothing of docpipe but errors.

Import from the modules; nothing is re-exported here, so that each name has one home.
"""
