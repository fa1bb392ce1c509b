"""A Debian package as a folder of files: fetched, unpacked, and what its copyright file says about each of them."""

import re
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from ..errors import Missing, PercepNetError

from .scan import SUFFIXES

ADVICE = {
    "apt-get": "this needs Debian or its like; or fetch the packages on one and name their folder with --debs",
    "dpkg-deb": "install it with `sudo apt install dpkg`",
}
WANTED = SUFFIXES | {".zip", ".pk3", ".wz"}
NOT_FREE = re.compile(r"\b(NC|ND|non-?commercial|no-?deriv\w*)\b", re.IGNORECASE)


@dataclass(frozen=True)
class DebPackage:
    """An unpacked package. folder: holds its files under their installed paths.

    licences: (pattern of file names, licence) of its copyright file, whose text is `copyright`.
    """

    name: str
    version: str
    folder: Path
    copyright: str
    licences: tuple[tuple[str, str], ...]

    def licence_of(self, path: PurePath) -> str:
        """Licence of an installed file; "" if the copyright file cannot be read by machines.

        Its patterns name files of the source, whose folders need not be those that they are installed in: they may
        fit any end of the path, and the most specific counts.
        """
        fitting = [(_fit(pattern, path), licence) for pattern, licence in self.licences]
        best = max((fit for fit, _ in fitting), default=0)
        return [licence for fit, licence in fitting if fit == best][-1] if best else ""


def need(program: str) -> None:
    """Raises Missing where a program is not installed."""
    if shutil.which(program) is None:
        raise Missing(f"{program} not found: {ADVICE[program]}")


def fetch(name: str, debs: Path) -> Path:
    """The .deb file of a package in the folder `debs`, fetched if it is not there."""
    debs.mkdir(parents=True, exist_ok=True)
    found = sorted(debs.glob(f"{name}_*.deb"))
    if found:
        return found[-1]
    need("apt-get")
    with tempfile.TemporaryDirectory(dir=debs) as folder:
        command = ["apt-get", "download", "--quiet", name]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        fetched = list(Path(folder).glob("*.deb"))
        if result.returncode or not fetched:
            said = [line[3:] for line in result.stderr.splitlines() if line.startswith("E:")] or ["no reason given"]
            raise PercepNetError(f"cannot fetch {name} ({said[0]}): try `sudo apt-get update`, or leave it out")
        return fetched[0].rename(debs / fetched[0].name)


def unpack(deb: Path, folder: Path, archives: list[str]) -> DebPackage:
    """Unpacks a .deb file. archives: zip files in it that become folders of the same name. Raises PercepNetError."""
    name, version, section = (_field(deb, field) for field in ("Package", "Version", "Section"))
    if section.startswith(("non-free", "contrib")):
        raise PercepNetError(f"{name} is in Debian's section {section}, which is not free: leave it out")
    try:
        _extract(deb, folder)
        for path in archives:
            _unzip(folder / path)
    except (tarfile.TarError, zipfile.BadZipFile, FileNotFoundError) as error:
        raise PercepNetError(
            f"{deb} cannot be unpacked ({error}): delete it, or correct `archives` in the list"
        ) from None
    path = folder / "usr/share/doc" / name / "copyright"
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return DebPackage(name, version, folder, text, _licences(text))


def _dpkg(*arguments: str) -> str:
    need("dpkg-deb")
    result = subprocess.run(["dpkg-deb", *arguments], capture_output=True, text=True, check=False)
    if result.returncode:
        raise PercepNetError(f"{arguments[1]} is not a Debian package ({result.stderr.strip()}): fetch it again")
    return result.stdout.strip()


def _field(deb: Path, field: str) -> str:
    return _dpkg("--field", str(deb), field)


def _extract(deb: Path, folder: Path) -> None:
    """What may be needed: recordings, archives, the copyright file; the pictures of a game are most of it."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
            for member in tar:
                path = PurePath(member.name)
                if member.isfile() and (path.suffix.lower() in WANTED or path.name == "copyright"):
                    tar.extract(member, folder, filter="data")


def _unzip(path: Path) -> None:
    archive = path.rename(path.with_name(f"{path.name}.packed"))
    with zipfile.ZipFile(archive) as file:
        file.extractall(path, [name for name in file.namelist() if PurePath(name).suffix.lower() in SUFFIXES])
    archive.unlink()


def _licences(text: str) -> tuple[tuple[str, str], ...]:
    """(pattern, licence) in the order of a machine-readable copyright file; none for another."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        fields = {}
        for field, value in re.findall(r"^([\w-]+):((?:.*\n?)(?:[ \t].*\n?)*)", paragraph, re.MULTILINE):
            fields[field.lower()] = value.strip()
        if "files" in fields and "license" in fields:
            licence = fields["license"].splitlines()[0].strip()
            found += [(pattern.removeprefix("./"), licence) for pattern in fields["files"].split()]
    return tuple(found)


def _fit(pattern: str, path: PurePath) -> int:
    """How well a pattern fits the end of a path: 1 + its characters that are no wildcards, 0 where it does not fit.

    Folders at the beginning of the pattern may lack in the path, but for the last.
    """
    parts = pattern.rstrip("/").split("/")
    for start in range(max(1, len(parts) - 1)):
        end = "/".join(parts[start:])
        if any(fnmatchcase(f"/{path}", f"*/{form}") for form in (end, f"{end}/*")):
            return 1 + len(re.sub(r"[*?/]", "", end))
    return 0
