#ifndef PARE_CCURSES_SHIM_H
#define PARE_CCURSES_SHIM_H

// The wide-character interface is only declared when these are set before the header.
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#include <stdbool.h>
#include <stdio.h>
#include <wchar.h>

// <wchar.h> only declares it when _XOPEN_SOURCE was set before the first header, which is too late here.
extern int wcwidth(wchar_t character);

// Macros, mutable globals and variadic functions do not import into Swift; these are their stand-ins.

static inline WINDOW *pare_stdscr(void) { return stdscr; }
/// A terminal on standard input and output, or NULL where terminfo does not know the name.
static inline SCREEN *pare_open(const char *name) { return newterm(name, stdout, stdin); }

static inline int pare_colors(void) { return COLORS; }
static inline int pare_color_pairs(void) { return COLOR_PAIRS; }

static inline attr_t pare_attributes(bool bold, bool dim, bool underline, bool reverse, bool italic) {
  attr_t attributes = A_NORMAL;
  if (bold) attributes |= A_BOLD;
  if (dim) attributes |= A_DIM;
  if (underline) attributes |= A_UNDERLINE;
  if (reverse) attributes |= A_REVERSE;
#ifdef A_ITALIC
  if (italic) attributes |= A_ITALIC;
#endif
  return attributes;
}

/// Makes one cell for pare_put_row. `mark` is a combining mark, or 0. Pairs past 32767 need the last argument
/// of setcchar, an extension of ncurses 6.1; its short argument then does not count.
static inline int pare_make_cell(cchar_t *cell, wchar_t base, wchar_t mark, attr_t attributes, int pair) {
  wchar_t text[3] = {base, mark, 0};
  return setcchar(cell, text, attributes, (short)(pair > 32767 ? 32767 : pair), &pair);
}

static inline int pare_put_row(int y, const cchar_t *cells, int count) {
  return mvwadd_wchnstr(stdscr, y, 0, cells, count);
}

/// A string capability of the terminal, or NULL where it has none.
static inline const char *pare_string_capability(const char *name) {
  const char *text = tigetstr(name);
  return text == (const char *)-1 ? NULL : text;
}

/// Whether the terminal takes a colour as 0xRRGGBB: terminfo's extension RGB, as a flag or a number.
static inline bool pare_takes_rgb(void) {
  return COLORS >= 0x1000000 && (tigetflag("RGB") > 0 || tigetnum("RGB") > 0);
}

#endif
