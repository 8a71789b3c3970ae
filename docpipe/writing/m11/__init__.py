"""What ICH M11 prescribes, as facts: headings with their codes, pick lists, and where sections of older templates stand in it."""
