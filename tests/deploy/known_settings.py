"""The environment variables that the servers accept, read from their code.

A server refuses to start with a SIGHTLINE_* variable it does not know, so a
manifest with a misspelt one is a pod that never starts.
"""

import re

from manifests import REPOSITORY

_FLAG = re.compile(r"ABSL_FLAG\(\s*[^,]+?,\s*(\w+)\s*,")
_ALIAS = re.compile(r'\{\s*"([A-Z][A-Z0-9_]+)"\s*,\s*"(\w+)"\s*\}')


def _read(folder):
    return "\n".join(
        path.read_text() for path in sorted((REPOSITORY / folder).rglob("*.cc")))


def known_variables(service):
    """Names that `service` ("omr") accepts; empty where its code is not
    there."""
    own = _read(f"services/{service}")
    if service == "omr":
        own += _read("services/align") + _read("services/grade")
    flags = set(_FLAG.findall(_read("common/server") + own))
    aliases = {alias for alias, flag in _ALIAS.findall(own) if flag in flags}
    return {f"SIGHTLINE_{flag.upper()}" for flag in flags} | aliases
