"""Parts of the PDF reader and of the writer of rebuilt documents; the format itself is ``docpipe.formats.pdf``.

May import errors, the core, ``safe``, pypdfium2, pypdf and python-docx, the last three inside functions only.
"""
