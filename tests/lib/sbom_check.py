#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""sbom_check.py FILE: what the schema of CycloneDX 1.5 asks of the objects that FILE uses, and that references lead somewhere."""

import json
import re
import sys

TYPES = {
    "application", "framework", "library", "container", "platform", "operating-system", "device",
    "device-driver", "firmware", "file", "machine-learning-model", "data",
}
# Keys each object may have here (the schema has more and no others), and those it must have.
OBJECTS = {
    "bom": ({"bomFormat", "specVersion", "version", "serialNumber", "metadata", "components", "dependencies"},
            {"bomFormat", "specVersion"}),
    "metadata": ({"timestamp", "component"}, set()),
    "component": ({"type", "bom-ref", "name", "version", "licenses", "purl", "scope", "properties"}, {"type", "name"}),
    "license": ({"id", "name"}, set()),
    "property": ({"name", "value"}, set()),
    "dependency": ({"ref", "dependsOn"}, {"ref"}),
}


def check(kind, thing):
    may, must = OBJECTS[kind]
    assert isinstance(thing, dict), f"{kind}: no object"
    assert set(thing) <= may, f"{kind}: {set(thing) - may}"
    assert must <= set(thing), f"{kind}: lacks {must - set(thing)}"


def component(c):
    check("component", c)
    assert c["type"] in TYPES, c["type"]
    assert c["name"] and isinstance(c["name"], str)
    assert c.get("scope", "required") in ("required", "optional", "excluded")
    for choice in c.get("licenses", []):
        assert set(choice) == {"license"}, choice
        check("license", choice["license"])
        assert len(choice["license"]) == 1, "either id or name"
        assert choice["license"].get("id", "GPL-2.0-or-later") == "GPL-2.0-or-later"  # of the SPDX list
    for p in c.get("properties", []):
        check("property", p)
    if "purl" in c:
        assert re.fullmatch(r"pkg:(deb|rpm)/([a-z0-9.-]+/)?[A-Za-z0-9.%_-]+@[A-Za-z0-9.%~^_-]+\?arch=[a-z0-9_]+", c["purl"]), c["purl"]
        assert c["version"]
    return c["bom-ref"]


def main():
    bom = json.load(open(sys.argv[1], encoding="utf-8"))
    check("bom", bom)
    assert bom["bomFormat"] == "CycloneDX" and bom["specVersion"] == "1.5"
    assert isinstance(bom["version"], int) and bom["version"] >= 1
    uuid = r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    assert re.fullmatch(uuid, bom["serialNumber"]), bom["serialNumber"]
    check("metadata", bom["metadata"])
    if "timestamp" in bom["metadata"]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", bom["metadata"]["timestamp"])
    refs = [component(bom["metadata"]["component"])] + [component(c) for c in bom["components"]]
    assert len(refs) == len(set(refs)), "a bom-ref twice"
    for d in bom["dependencies"]:
        check("dependency", d)
        assert d["ref"] in refs and set(d["dependsOn"]) <= set(refs), d
        assert len(d["dependsOn"]) == len(set(d["dependsOn"])), d
    assert len({d["ref"] for d in bom["dependencies"]}) == len(bom["dependencies"])
    for c in bom["components"]:
        for p in c.get("properties", []):
            print(p["value"], c["name"], c.get("version", "-"), len(c.get("licenses", [])))


main()
