"""What checks of drafts share: rows as read, number tokens, words, arms in clauses. Imports the core and its room only."""
