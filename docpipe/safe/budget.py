"""The one table of limits for everything that reads foreign bytes: the same budget at every door.

Imports the standard library only. Source of the numbers: measured on real submission documents, see DECISIONS.md.
"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits; sizes are bytes and times seconds unless the name says otherwise.

    ``inflate_ratio`` (inflated to packed) counts for one entry after its first ``inflate_grace`` bytes.
    ``xml_text`` counts UTF-8 bytes of one text node, ``child_cpu_per_page`` the seconds added for each page.
    """

    file_size: int = 200 * MIB
    package_entries: int = 5_000
    entry_size: int = 256 * MIB
    total_inflated: int = 1 * GIB
    inflate_ratio: int = 250
    inflate_grace: int = 1 * MIB
    name_length: int = 1_024
    xml_depth: int = 200
    xml_attributes: int = 500
    xml_text: int = 10_000_000
    pdf_pages: int = 10_000
    pdf_stream: int = 75 * MIB
    pdf_depth: int = 100
    child_memory: int = 1 * GIB
    child_cpu: float = 120.0
    child_cpu_per_page: float = 0.05
    child_result: int = 256 * MIB
    segment_characters: int = 20_000
    document_blocks: int = 500_000
    dataset_cells: int = 40_000_000


DEFAULT = Budget()
