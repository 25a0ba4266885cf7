#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# untranslated.py POT DIRECTORY: the string literals of two words and more in the preprocessed sources below
# DIRECTORY (their names are those of the tree) that are no sentence of POT, and that untranslated.known, beside
# this file, does not name as something else than words for a person. A line each; a line of untranslated.known
# that nothing is found for is one, too. Exit status 1 if there is any.
import ast
import os
import re
import sys

TOKEN = re.compile(r"'(?:[^'\\\n]|\\.)+'|(\"(?:[^\"\\\n]|\\.)*\"(?:\s*\"(?:[^\"\\\n]|\\.)*\")*)")
PART = re.compile(r'"(?:[^"\\\n]|\\.)*"')
WORDS = re.compile(r"[A-Za-z]{2,}[,;:]? [A-Za-z]{2,}")
LINE = re.compile(r'# \d+ "([^"]*)"')


def text_of(literals):
    return "".join(ast.literal_eval(part) for part in PART.findall(literals))


def sentences(pot):
    """Each msgid and msgid_plural."""
    found = set()
    with open(pot, encoding="utf-8") as f:
        for match in re.finditer(r'^msgid(?:_plural)? (".*"(?:\n".*")*)', f.read(), re.M):
            found.add(text_of(match[1]))
    return found


def own_lines(path, name):
    """What the preprocessed file PATH has of NAME itself, and not of its headers."""
    own, lines = False, []
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            at = LINE.match(line)
            if at:
                own = os.path.normpath(at[1]) == name
            elif own:
                lines.append(line)
    return "".join(lines)


def literals(top):
    """A pair of the file's name and the text for each literal below TOP."""
    for folder, _, names in os.walk(top):
        for base in names:
            path = os.path.join(folder, base)
            name = os.path.relpath(path, top)
            for token in TOKEN.finditer(own_lines(path, name)):
                if token[1]:
                    yield name, text_of(token[1])


def known_lines():
    with open(os.path.join(os.path.dirname(__file__), "untranslated.known"), encoding="utf-8") as f:
        lines = [line.rstrip("\n") for line in f if line.strip() and not line.startswith("#")]
    return {tuple(line.split(": ", 1)): line for line in lines}


def main():
    translated, known = sentences(sys.argv[1]), known_lines()
    used, bad = set(), set()
    for name, text in literals(sys.argv[2]):
        shown = text.replace("\n", "\\n")
        if text in translated or not WORDS.search(text):
            continue
        key = next((k for k in ((name, shown), (name, "*")) if k in known), None)
        if key:
            used.add(key)
        else:
            bad.add(f"{name}: {shown}")
    bad |= {"untranslated.known, for nothing: " + line for key, line in known.items() if key not in used}
    for line in sorted(bad):
        print(line)
    return 1 if bad else 0


sys.exit(main())
