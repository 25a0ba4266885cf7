# SPDX-License-Identifier: GPL-2.0-or-later
"""The mutations of a line of C: comparisons swapped, conditions negated, statements dropped, constants changed."""
import re

# Outside of strings and comments: what is found, what stands there instead.
OPERATORS = [
    (r"(?<![=!<>])==(?!=)", "!="),
    (r"!=", "=="),
    (r"(?<![<>=-])<=(?!=)", "<"),
    (r"(?<![<>=-])>=(?!=)", ">"),
    (r"(?<= )<(?= )", "<="),
    (r"(?<= )>(?= )", ">="),
    (r"&&", "||"),
    (r"\|\|", "&&"),
    (r"(?<= )\+(?= )", "-"),
    (r"(?<= )-(?= )", "+"),
    (r"\|=", "&="),
    (r"(?<!&)&=", "|="),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r"\bVERDICT_OK\b", "VERDICT_FAULT"),
    (r"\bVERDICT_FAULT\b", "VERDICT_OK"),
    (r"\bVERDICT_BLOCKED\b", "VERDICT_FAULT"),
]
NUMBER = r"(?<![\w.\"'])(\d{1,9})(?![\w.])"
QUOTED = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|/\*.*?\*/|//.*"


def one_more(number):
    """NUMBER as C writes it, an octal one (a mode) in octal."""
    return f"0{int(number, 8) + 1:o}" if re.fullmatch("0[0-7]+", number) else str(int(number) + 1)


def plain(line):
    """LINE with strings and comments blanked, of the same length."""
    return re.sub(QUOTED, lambda m: "\0" * len(m.group()), line)


def of_line(line):
    """Each mutation of LINE as a whole new line."""
    if re.match(r"\s*(#|/?\*|static const|extern|\[)", line):
        return
    text = plain(line)
    for pattern, instead in OPERATORS:
        for m in re.finditer(pattern, text):
            yield line[:m.start()] + instead + line[m.end():]
    for m in re.finditer(NUMBER, text):
        yield line[:m.start()] + one_more(m.group()) + line[m.end():]
    for word in ("if", "while"):  # a condition that is whole on its line
        m = re.match(rf"(\s*(?:else )?{word} \()(.*)\)( \{{)?$", text)
        if m and balanced(m.group(2)):
            yield f"{line[:m.end(1)]}!({line[m.end(1):m.end(2)]})){m.group(3) or ''}"
    m = re.match(r"(\s+)(?!return|_cleanup|goto|break|continue|case|default)[\w>.\[\]-]+(\(.*\)| [|&+-]?= .*);$", text)
    if m and not re.match(r"\s+(if|for|while|struct|enum|const|int|bool|char)\b", text):
        yield f"{m.group(1)};"


def balanced(text):
    depth = 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if depth < 0:
            return False
    return depth == 0
