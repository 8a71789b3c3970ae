"""The schedule of activities of a designed trial as a grid: columns, rows, crosses, footnotes, parts that fit a page. Imports the core and its room."""

from __future__ import annotations
