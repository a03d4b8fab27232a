#ifndef PARE_CCURSES_SHIM_H
#define PARE_CCURSES_SHIM_H

// The wide-character interface is only declared when these are set before the header.
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#define NCURSES_WIDECHAR 1
#include <curses.h>

#endif
