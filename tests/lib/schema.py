# SPDX-License-Identifier: GPL-2.0-or-later
# Is the JSON on stdin what docs/secep-repair.schema.json says? Silent and 0 when it is.
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
jsonschema.Draft7Validator.check_schema(schema)
errors = list(jsonschema.Draft7Validator(schema).iter_errors(json.load(sys.stdin)))
for e in errors:
    print("/".join(map(str, e.path)), e.message)
    for c in e.context:
        print("   ", list(c.path), c.message)
sys.exit(bool(errors))
