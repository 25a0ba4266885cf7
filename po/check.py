#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# po/check.py POT PO: what the catalogue PO lacks of the sentences in POT, a line each: no translation, a
# doubtful (fuzzy) one, or one whose format directives, first or last blanks are not the sentence's.
# Exit status 1 if there is any.
import ast
import re
import sys

DIRECTIVE = re.compile(r"%(?:(\d+)\$)?[-+ #0']*(\*|\d+)?(?:\.(\*|\d+)?)?(hh|h|ll|l|j|z|t|L)?([diouxXeEfFgGaAcspnm%])")
# A paragraph of a manual page that is the same in every language: an item of words to be typed.
NAMES = re.compile(r"(Cm|Pa|Fl|Ev)( ([a-z0-9/.,_\\-]+|Cm|Pa|Fl|Ev|[A-Z_]{2,}))+")


def entries(name):
    """A dict by (msgctxt, msgid): flags, the sentence and its plural, the translations."""
    found, entry, field = {}, {"flags": ""}, None
    with open(name, encoding="utf-8") as f:
        lines = f.read().split("\n") + [""]
    for line in lines:
        word = re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(".*")$', line)
        if word:
            field = word[1]
            entry[field] = ast.literal_eval(word[2])
        elif line.startswith('"') and field:
            entry[field] += ast.literal_eval(line)
        elif line.startswith("#,"):
            entry["flags"] += line
        elif not line.startswith("#"):
            if "msgid" in entry:
                found[entry.get("msgctxt"), entry["msgid"]] = entry
            entry, field = {"flags": ""}, None
    return found


def arguments(text):
    """The arguments TEXT takes, in their order: a length and a conversion each."""
    taken = []
    for place, width, precision, length, conversion in DIRECTIVE.findall(text):
        stars = ["*"] * [width, precision].count("*")
        if conversion != "%":
            taken.append((int(place or 0), stars + [length + conversion]))
    return [word for _, words in sorted(taken, key=lambda t: t[0]) for word in words]


def blanks(text):
    """What other text is put against: the first blanks, that there are last ones, a last line's end."""
    return re.match(r"\s*", text)[0], text[-1:].isspace(), text.endswith("\n")


def wrong(sentence, entry):
    """What is wrong with ENTRY as the translation of SENTENCE; None if nothing is."""
    if entry is None:
        return "no translation"
    if "fuzzy" in entry["flags"]:
        return "a doubtful translation"
    wanted = ["msgstr[0]", "msgstr[1]"] if "msgid_plural" in sentence else ["msgstr"]
    if not all(entry.get(w) for w in wanted):
        return "no translation"
    source = sentence.get("msgid_plural", sentence["msgid"])
    for text in (entry[w] for w in wanted):
        if arguments(text) != arguments(source):
            return "other format directives: " + text
        if blanks(text) != blanks(source):
            return "other blanks at an end: " + text
    return None


def main():
    wanted, have = entries(sys.argv[1]), entries(sys.argv[2])
    bad = 0
    for key, sentence in wanted.items():
        said = None if NAMES.fullmatch(key[1]) or not key[1] else wrong(sentence, have.get(key))
        if said:
            bad = 1
            print(f"{sys.argv[2]}: {said}\n    {sentence['msgid']}")
    return bad


sys.exit(main())
