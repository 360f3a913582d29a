"""Reads dashboards by Grafana's schema, writes them again, and names what was lost: keys that the schema does not know."""

import json
import sys

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard


def lost(source, copy, path=""):
    if isinstance(source, dict):
        for key, value in source.items():
            if not isinstance(copy, dict) or key not in copy:
                yield f"{path}.{key} is unknown"
            else:
                yield from lost(value, copy[key], f"{path}.{key}")
    elif isinstance(source, list):
        for index, value in enumerate(source):
            if not isinstance(copy, list) or index >= len(copy):
                yield f"{path}[{index}] is unknown"
            else:
                yield from lost(value, copy[index], f"{path}[{index}]")
    elif source != copy:
        yield f"{path}: {source!r} became {copy!r}"


def complaints(name):
    with open(name, encoding="utf-8") as file:
        source = json.load(file)
    copy = json.loads(JSONEncoder().encode(Dashboard.from_json(source)))
    return [f"{name}: {complaint}" for complaint in lost(source, copy)]


register_default_plugins()
found = [complaint for name in sys.argv[1:] for complaint in complaints(name)]
print("\n".join(found))
sys.exit(1 if found else 0)
