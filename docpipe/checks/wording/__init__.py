"""What checks know about words: scripts, languages, identifiers, inflection, phrases of models. Imports the core only."""
