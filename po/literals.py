#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# po/literals.py FILE...: the sentences that xgettext does not see in preprocessed C, as calls it does see:
# a format that is chosen (a ? "x %s" : "y %s") in a call of a function that takes a sentence, and the words
# of an evidence.
import re
import sys

SENTENCES = r"\b(fail|finding_set|finding_unknown|finding_note|finding_do|look_ail|look_untold)\("
WORDS = r"\b(finding_evidence)\("
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*')


def call(text, start):
    """What stands between the parentheses; the first is behind START."""
    depth, i = 1, start
    while depth and i < len(text):
        literal = LITERAL.match(text, i)
        if literal:
            i = literal.end()
            continue
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        i += 1
    return text[start:i - 1]


def main():
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8", errors="replace") as f:
            text = re.sub(r'^#.*\n', '', f.read(), flags=re.M)
        for pattern, wanted in ((SENTENCES, r"%"), (WORDS, r"[A-Za-z]{2}")):
            for found in re.finditer(pattern, text):
                for literal in LITERAL.findall(call(text, found.end())):
                    if re.search(wanted, literal):
                        print("i18n_text(" + literal + ");")


main()
