"""The repository's files, and what can be read from them without a compiler."""

import pathlib
import re
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CODE = (".h", ".cc", ".cu", ".cuh")

_NOT_OURS = {".git", "build", "node_modules", "__pycache__", ".cache"}
_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
_CONSTANT = re.compile(
    r"constexpr\s+(?:char|absl::string_view|std::string_view)\s+(k\w+)"
    r"(?:\[\])?\s*(?:=\s*|\{\s*)\"([A-Z][A-Z0-9_]+)\"")
_ERROR = re.compile(
    r"\bError\(\s*[\w:]+\s*,\s*(?:\"([A-Z][A-Z0-9_]+)\"|(?:\w+::)*(k\w+))\s*\)")


def files(*folders, endings=None):
    """Paths relative to the repository: what git tracks or would track, or,
    outside a git checkout, everything that is not built or fetched."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        found = [pathlib.PurePath(n) for n in done.stdout.split("\0") if n]
    else:
        found = [p.relative_to(REPOSITORY) for p in REPOSITORY.rglob("*")
                 if not _NOT_OURS & set(p.relative_to(REPOSITORY).parts)]
    return sorted(
        p for p in found
        if (not folders or p.parts[0] in folders)
        and (endings is None or p.suffix in endings)
        and (REPOSITORY / p).is_file())


def read(path):
    return (REPOSITORY / path).read_text(errors="replace")


def includes(path):
    return _INCLUDE.findall(read(path))


def reasons():
    """{reason: {names of its constants}} of every failure the code can make:
    what any reasons.h lists, and what is given to Error()."""
    constants = {}
    found = {}
    for path in files("common", "services", "tools", endings=CODE):
        for name, reason in _CONSTANT.findall(read(path)):
            constants.setdefault(name, set()).add(reason)
            if path.name == "reasons.h":
                found.setdefault(reason, set()).add(name)
    for path in files("common", "services", "tools", endings=CODE):
        # An example in a comment is no failure.
        text = re.sub(r"//.*", "", read(path))
        for literal, name in _ERROR.findall(text):
            if literal:
                found.setdefault(literal, set())
            for reason in constants.get(name, ()):
                found.setdefault(reason, set()).add(name)
    return found
