"""Two versions of a study and of its drafts beside each other: facts, passages, rows. Pure; imports the core and its room only."""
