"""Reports that people wrote against their data: read, bound to facts, what contradicts them found. Imports the core and its room."""
