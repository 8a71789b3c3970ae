"""The wheel holds the prompts too, as ``docpipe/_prompts``; everything else is said in pyproject.toml."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithPrompts(build_py):
    """Copies ``prompts/`` into the package that is built."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            shutil.copytree("prompts", Path(self.build_lib) / "docpipe" / "_prompts", dirs_exist_ok=True)


setup(cmdclass={"build_py": WithPrompts})
