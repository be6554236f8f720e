// SPDX-License-Identifier: MIT
// lines.c - runs the line number programs of .debug_line until one has the instruction.
//
// Theory    A unit's program makes rows. A row says: from this address on, this file and line.
//           Nothing is kept: each search decodes the units until one has the instruction. That
//           takes milliseconds, and a search is as rare as a report. Only in the unit that has the
//           instruction are the tables of names read.
// Promises  any-bytes: because of a damaged file a line may not be known, and nothing worse
//           happens. The work is bounded by the file's size: each step takes at least one byte.
// Manual    DWARF 5, section 6.2; DWARF 4 and 2, section 6.2
#include "sight/lines.h"

#include "board/elf.h"
#include "sight/bytes.h"

enum {
    EXTENDED = 0,
    COPY = 1,
    ADVANCE_PC = 2,
    ADVANCE_LINE = 3,
    SET_FILE = 4,
    CONST_ADD_PC = 8,
    FIXED_ADVANCE_PC = 9,
};
enum { END_SEQUENCE = 1, SET_ADDRESS = 2 };
enum { CONTENT_PATH = 1, CONTENT_DIRECTORY = 2 };
enum {
    FORM_DATA2 = 0x05,
    FORM_DATA4 = 0x06,
    FORM_DATA8 = 0x07,
    FORM_STRING = 0x08,
    FORM_BLOCK = 0x09,
    FORM_DATA1 = 0x0b,
    FORM_STRP = 0x0e,
    FORM_UDATA = 0x0f,
    FORM_DATA16 = 0x1e,
    FORM_LINE_STRP = 0x1f,
};

#define FORMATS_MAX 8
#define NO_ENTRY    (~0ULL)

struct unit {
    struct bytes names,
        program; // the tables of directories and files; the program that makes the rows
    unsigned version, offset_bytes;
    unsigned step, line_range, opcode_base;
    int line_base;
    uint8 operands[256]; // of the standard operations
};

struct row {
    uint64 address, file, line;
};

// A row counts from its address to that of the next one in the same sequence.
struct rows {
    struct row row;    // being made
    struct row before; // made last
    bool any;          // there is one before, in this sequence
};

void
lines_open(struct lines *l, struct file f)
{
    struct elf_header h;
    uint64 value;
    *l = (struct lines){0};
    if (elf_read_header(f, &h, &value) != LOAD_OK || h.type != ELF_EXEC)
        return;
    l->program = elf_named(f, &h, ".debug_line");
    l->line_strings = elf_named(f, &h, ".debug_line_str");
    l->strings = elf_named(f, &h, ".debug_str");
}

// Takes the next unit. Returns false when its version is another one or it is damaged: it is
// skipped then.
static bool
take_unit(struct bytes *all, struct unit *u)
{
    u->offset_bytes = 4;
    uint64 length = bytes_number(all, 4);
    if (length == 0xffffffff) {
        u->offset_bytes = 8;
        length = bytes_number(all, 8);
    }
    struct bytes b = bytes_part(all, length);
    u->version = (unsigned)bytes_number(&b, 2);
    if (u->version < 2 || u->version > 5)
        return false;
    if (u->version == 5)
        bytes_skip(&b, 2); // sizes of addresses and of segment selectors
    u->names = bytes_part(&b, bytes_number(&b, u->offset_bytes));
    u->program = b;
    struct bytes *n = &u->names;
    u->step = (unsigned)bytes_number(n, 1);
    bytes_skip(n, u->version < 4 ? 1 : 2); // operations in an instruction; default_is_stmt
    u->line_base = (int8)bytes_number(n, 1);
    u->line_range = (unsigned)bytes_number(n, 1);
    u->opcode_base = (unsigned)bytes_number(n, 1);
    for (unsigned i = 1; i < u->opcode_base; i++)
        u->operands[i] = (uint8)bytes_number(n, 1);
    return !b.bad && !n->bad && u->line_range != 0 && u->opcode_base != 0;
}

// Makes a row. Returns whether the row before it holds `pc`; then r->before is the answer.
static bool
emit(struct rows *r, uint64 pc)
{
    if (r->any && r->before.address <= pc && pc < r->row.address)
        return true;
    r->before = r->row;
    r->any = true;
    return false;
}

static void
begin_sequence(struct rows *r)
{
    *r = (struct rows){.row = {.file = 1, .line = 1}};
}

static bool
extended(struct bytes *b, struct rows *r, uint64 pc)
{
    struct bytes part = bytes_part(b, bytes_uleb(b));
    uint64 operation = bytes_number(&part, 1);
    if (operation == SET_ADDRESS)
        r->row.address = bytes_number(&part, 8);
    if (operation != END_SEQUENCE)
        return false;
    if (emit(r, pc))
        return true;
    begin_sequence(r);
    return false;
}

static bool
special(const struct unit *u, struct rows *r, unsigned operation, uint64 pc)
{
    unsigned n = operation - u->opcode_base;
    r->row.address += (uint64)u->step * (n / u->line_range);
    r->row.line += (uint64)(int64)(u->line_base + (int)(n % u->line_range));
    return emit(r, pc);
}

static bool
standard(struct unit *u, struct rows *r, unsigned operation, uint64 pc)
{
    struct bytes *b = &u->program;
    switch (operation) {
    case COPY:
        return emit(r, pc);
    case ADVANCE_PC:
        r->row.address += u->step * bytes_uleb(b);
        return false;
    case ADVANCE_LINE:
        r->row.line += (uint64)bytes_sleb(b);
        return false;
    case SET_FILE:
        r->row.file = bytes_uleb(b);
        return false;
    case CONST_ADD_PC:
        r->row.address += (uint64)u->step * ((255 - u->opcode_base) / u->line_range);
        return false;
    case FIXED_ADVANCE_PC:
        r->row.address += bytes_number(b, 2);
        return false;
    default: // changes nothing that is asked for
        for (unsigned i = 0; i < u->operands[operation]; i++)
            (void)bytes_uleb(b);
        return false;
    }
}

// Runs a unit's program. Returns whether it has the instruction; then *found is its row.
static bool
search_unit(struct unit *u, uint64 pc, struct row *found)
{
    struct rows r;
    begin_sequence(&r);
    while (bytes_more(&u->program)) {
        unsigned operation = (unsigned)bytes_number(&u->program, 1);
        bool hit;
        if (operation == EXTENDED)
            hit = extended(&u->program, &r, pc);
        else if (operation < u->opcode_base)
            hit = standard(u, &r, operation, pc);
        else
            hit = special(u, &r, operation, pc);
        *found = r.before;
        if (hit && !u->program.bad)
            return true;
    }
    return false;
}

// Returns the string at an offset of another section.
static const char *
string_at(struct file section, uint64 offset)
{
    const char *s = elf_string(section, offset);
    return s != NULL ? s : "";
}

// Reads one value of a table's entry. A form that is not known makes the reader bad.
static uint64
take_value(const struct lines *l, const struct unit *u, struct bytes *b, uint64 form,
           const char **string)
{
    switch (form) {
    case FORM_STRING:
        *string = bytes_string(b);
        return 0;
    case FORM_LINE_STRP:
        *string = string_at(l->line_strings, bytes_number(b, u->offset_bytes));
        return 0;
    case FORM_STRP:
        *string = string_at(l->strings, bytes_number(b, u->offset_bytes));
        return 0;
    case FORM_UDATA:
        return bytes_uleb(b);
    case FORM_DATA1:
        return bytes_number(b, 1);
    case FORM_DATA2:
        return bytes_number(b, 2);
    case FORM_DATA4:
        return bytes_number(b, 4);
    case FORM_DATA8:
        return bytes_number(b, 8);
    case FORM_DATA16:
        bytes_skip(b, 16);
        return 0;
    case FORM_BLOCK:
        bytes_skip(b, bytes_uleb(b));
        return 0;
    default:
        b->bad = true;
        return 0;
    }
}

struct entry {
    const char *path;
    uint64 directory;
};

struct format {
    uint64 content, form;
};

static struct entry
take_entry(const struct lines *l, const struct unit *u, struct bytes *b, const struct format *f,
           unsigned formats)
{
    struct entry e = {0};
    for (unsigned i = 0; i < formats; i++) {
        const char *string = NULL;
        uint64 value = take_value(l, u, b, f[i].form, &string);
        if (f[i].content == CONTENT_PATH)
            e.path = string;
        if (f[i].content == CONTENT_DIRECTORY)
            e.directory = value;
    }
    return e;
}

// Reads a table of DWARF 5. Returns the entry with that number; path NULL: there is none.
static struct entry
table_entry(const struct lines *l, const struct unit *u, struct bytes *b, uint64 number)
{
    struct format format[FORMATS_MAX];
    struct entry found = {0};
    unsigned formats = (unsigned)bytes_number(b, 1);
    if (formats == 0 || formats > FORMATS_MAX)
        b->bad = true;
    for (unsigned i = 0; i < formats && !b->bad; i++) {
        format[i].content = bytes_uleb(b);
        format[i].form = bytes_uleb(b);
    }
    uint64 count = bytes_uleb(b);
    for (uint64 i = 0; i < count && !b->bad; i++) {
        struct entry e = take_entry(l, u, b, format, formats);
        if (i == number && !b->bad)
            found = e;
    }
    return found;
}

// Reads a table of DWARF 2 to 4, which has no number 0 and ends with an empty string.
static struct entry
list_entry(struct bytes *b, uint64 number, bool files)
{
    struct entry found = {0};
    for (uint64 i = 1; !b->bad; i++) {
        struct entry e = {.path = bytes_string(b)};
        if (e.path[0] == '\0')
            break;
        if (files) {
            e.directory = bytes_uleb(b);
            (void)bytes_uleb(b); // time of the last change
            (void)bytes_uleb(b); // size
        }
        if (i == number)
            found = e;
    }
    return found;
}

static struct entry
entry_of(const struct lines *l, const struct unit *u, struct bytes *b, uint64 number, bool files)
{
    return u->version == 5 ? table_entry(l, u, b, number) : list_entry(b, number, files);
}

// Looks up the file of a row, and its directory. Directory 0 is the one in which the compiler ran.
static bool
name_place(const struct lines *l, const struct unit *u, const struct row *row,
           struct line_place *place)
{
    struct bytes files = u->names, directories = u->names;
    (void)entry_of(l, u, &files, NO_ENTRY, false);
    struct entry file = entry_of(l, u, &files, row->file, true), directory = {0};
    if (file.path == NULL || file.path[0] == '\0' || row->line == 0)
        return false;
    if (file.directory != 0 && file.path[0] != '/')
        directory = entry_of(l, u, &directories, file.directory, false);
    place->directory = directory.path != NULL ? directory.path : "";
    place->file = file.path;
    place->line = row->line;
    return true;
}

bool
lines_find(const struct lines *l, uint64 pc, struct line_place *place)
{
    struct bytes all = {.of = l->program};
    while (bytes_more(&all)) {
        struct unit u;
        struct row row;
        if (take_unit(&all, &u) && search_unit(&u, pc, &row))
            return name_place(l, &u, &row, place);
    }
    return false;
}
