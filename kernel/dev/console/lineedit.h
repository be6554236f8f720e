// SPDX-License-Identifier: MIT
// lineedit.h - editing a line: bytes from a keyboard in, finished lines and echo out.
#pragma once

#include "abi/line.h"
#include "lib/types.h"

#define LINE_HISTORY 32
#define LINE_ECHO    (6 * LINE_MAX) // the most that one byte of input puts on the screen

enum line_event {
    LINE_MORE,      // the line goes on
    LINE_READY,     // line[0 .. len) is finished: it ends with a newline, or no more bytes fit
    LINE_END,       // end of file: line[0 .. len) is finished, has no newline and may be empty
    LINE_KEY,       // `key` is for the console's owner; the line goes on
    LINE_TAB,       // Tab while `complete` is set: line[0 .. cursor) is to be completed
    LINE_INTERRUPT, // ^C: the line is dropped, and shown with ^C behind it
};

enum line_escape { ESC_NONE, ESC_START, ESC_BRACKET, ESC_LETTER };

// All zero: an empty line, and no history.
struct lineedit {
    char line[LINE_MAX];
    size_t len, cursor;
    char key;
    bool after_cr;
    bool complete; // Tab asks for completion; else it is a character
    enum line_escape escape;
    uint32 number;   // in an escape sequence: its first parameter
    bool first;      // still in it
    char partial[4]; // of a character of several bytes
    size_t npartial;
    char history[LINE_HISTORY][LINE_MAX]; // without newlines; a ring
    size_t history_len[LINE_HISTORY];
    uint32 stored;        // lines ever put into it
    uint32 browsing;      // how many lines ago the line that is shown was stored; 0: a new one
    char draft[LINE_MAX]; // the new one, while another is shown
    size_t draft_len;
    char echo[LINE_ECHO]; // what to print; the printer sets necho to 0
    size_t necho;
};

enum line_event lineedit_feed(struct lineedit *e, uint8 c);
void lineedit_clear(struct lineedit *e); // after LINE_READY or LINE_END, when the line is taken
void lineedit_redraw(struct lineedit *e);
void lineedit_insert(struct lineedit *e, const char *s, size_t n); // as if it were typed
const char *lineedit_history(const struct lineedit *e, uint32 ago, size_t *n); // NULL: none
