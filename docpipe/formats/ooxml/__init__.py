"""Parts of the DOCX format: package relations, inline reading, coding, placing, verifying. See ``docpipe/formats/docx.py``.

Imports model, errors and safe only.
"""
