/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on a screen: as wide as the terminal, wrapped at words, in columns, coloured where that is
 * wanted. Whatever is printed through here goes through lib/clean.h first. */
#ifndef SECEP_LIB_LAYOUT_H
#define SECEP_LIB_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define LAYOUT_WIDTH 80     /* columns, where there is no terminal to ask */
#define LAYOUT_NARROWEST 40 /* a terminal that says it is narrower is taken as this */
#define LAYOUT_ROOM 40      /* columns that a wrapped cell needs to be read beside others */

struct layout {
        FILE *to;
        int width;     /* columns of a line */
        bool terminal; /* one that moves its cursor: TERM is set and not "dumb" */
        bool colour;   /* such a terminal, and NO_COLOR is unset or empty */
};

enum layout_style {
        STYLE_PLAIN,
        STYLE_BOLD,
        STYLE_FAINT,
        STYLE_GOOD,
        STYLE_BAD,
        STYLE_WARN,
        STYLE_ODD
};

void layout_open(struct layout *l, FILE *to);

/* Columns that TEXT takes, once cleaned: two for a wide character, none for a combining one. */
int layout_columns(const char *text);

/* The longest beginning of TEXT (cleaned) that is not wider than COLUMNS, with "..." at its end where
 * something was cut off. malloc'ed. */
char *layout_cut(const char *text, int columns);

struct layout_cell {
        const char *text;
        int width; /* columns it is padded to; of the last cell: not looked at */
        enum layout_style style;
};

/* One row: the cells one after another, two spaces between them, INDENT before the first. The last
 * one wraps at words and hangs below its own first column; where that leaves it too little room, it
 * begins on a line of its own. */
void layout_row(const struct layout *l, int indent, const struct layout_cell *cells, size_t n);

/* TEXT wrapped: INDENT columns before its first line, HANG before the others. A word longer than a
 * line is cut. */
void layout_text(const struct layout *l, int indent, int hang, enum layout_style style,
                 const char *text);

/* A command to be copied, behind LABEL: wrapped between its words only, with a backslash at the end of
 * a line that goes on. A word longer than a line is left to the terminal: cut, it would be another. */
void layout_command(const struct layout *l, int indent, const char *label, const char *command);

#endif
