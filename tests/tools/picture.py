#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# picture.py: what a terminal was sent (standard input: lines with colours) as an SVG on standard output.
# The same text gives the same picture, byte for byte.
import html
import re
import sys

WIDTH, HEIGHT, MARGIN = 8.4, 18, 16  # of a character, of a line, around all; pixels at 14 px
COLOURS = {"31": "#f47067", "32": "#8ddb8c", "33": "#f0b72f", "35": "#dcbdfb"}
STYLES = {"1": 'font-weight="bold"', "2": 'opacity="0.6"'}


def spans(line):
    """(style, text) of LINE, one for each colour."""
    style = ""
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if code:
            code = code.group(1)
            style = 'fill="%s"' % COLOURS[code] if code in COLOURS else STYLES.get(code, "")
        elif part:
            yield style, part


def main():
    lines = sys.stdin.read().rstrip("\n").split("\n")
    columns = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines)
    width, height = columns * WIDTH + 2 * MARGIN, len(lines) * HEIGHT + 2 * MARGIN
    print('<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" role="img">' % (width, height))
    print("<title>secep-repair: a check and a repair</title>")
    print('<rect width="100%" height="100%" rx="8" fill="#22272e"/>')
    print('<g font-family="monospace" font-size="14" fill="#d1d7e0" xml:space="preserve">')
    for row, line in enumerate(lines):
        column = 0
        for style, text in spans(line):
            if text.strip():
                start = len(text) - len(text.lstrip(" "))
                shown = text.strip(" ")
                print('<text x="%.1f" y="%d" textLength="%.1f"%s>%s</text>' % (
                    MARGIN + (column + start) * WIDTH, MARGIN + (row + 1) * HEIGHT - 4, len(shown) * WIDTH,
                    " " + style if style else "", html.escape(shown, quote=False)))
            column += len(text)
    print("</g>\n</svg>")


main()
