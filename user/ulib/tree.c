// SPDX-License-Identifier: MIT
// tree.c - a walk through all that is below a path, as deep as it goes.
//
// Theory    A path has at most 127 characters, a tree has no limit. So the walk changes into each
//           directory and uses single names there; it goes up by "..", and checks that this is the
//           directory it came from. The unvisited names of each directory are on the heap.
// Promises  Symbolic links are not followed. Two descriptors are enough for any depth.
// Next      user/rm.c, user/find.c, user/cp.c
#include "ulib/tree.h"

#include "ulib/alloc.h"
#include "ulib/file.h"
#include "ulib/listing.h"
#include "user/user.h"

#include "abi/fcntl.h"

// A directory that the walk is in.
struct level {
    struct level *above;  // NULL: this is the path at which the walk began
    const char *name;     // in the directory above
    unsigned long length; // of its path
    unsigned int ino, note;
    bool entered; // it is the current directory; else it could not be opened
    struct listing names;
    unsigned long next; // index of the next name
};

// Begins a walk at `path`, a file of any type. A walk ends the program when there is no memory.
void
tree_begin(struct tree *t, const char *path)
{
    *t = (struct tree){.name = path};
    t->start = t->here = open(".", O_RDONLY);
    if (!text_add(&t->path, path, strlen(path)))
        must_alloc(0);
}

bool
tree_inside(const struct tree *t)
{
    return t->level != 0;
}

void
tree_return(const struct tree *t)
{
    fchdir(t->here);
}

// Makes the directory `fd` the current one.
// Returns   0; -1: the current directory is the one before, and fd is closed.
static int
move(struct tree *t, int fd)
{
    if (fd < 0 || fchdir(fd) < 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    if (t->here != t->start)
        close(t->here);
    t->here = fd;
    return 0;
}

static enum tree_event
look(struct tree *t)
{
    t->skip = false;
    if (lstat(t->name, &t->st) < 0)
        return TREE_FAILED;
    return t->st.type == T_DIR ? TREE_DIR : TREE_FILE;
}

// Goes into the directory that is the entry, and reads it.
// Returns   0; -1: not all of its names are known.
static int
enter(struct tree *t)
{
    struct level *l = must_alloc(calloc(1, sizeof(*l)));

    l->above = t->level;
    l->name = t->name;
    l->length = t->path.len;
    l->ino = t->st.ino;
    l->note = t->note;
    l->entered = move(t, open(t->name, O_RDONLY | O_NOFOLLOW)) == 0;
    t->level = l;
    return l->entered ? listing_read(&l->names, ".", false) : -1;
}

// Makes the next name of the current directory the entry.
static void
step(struct tree *t)
{
    struct level *l = t->level;
    bool slash;

    t->path.len = l->length;
    slash = t->path.len > 0 && t->path.p[t->path.len - 1] != '/';
    t->name = l->names.v[l->next++];
    if (!text_add(&t->path, "/", slash) || !text_add(&t->path, t->name, strlen(t->name)))
        must_alloc(0);
}

// Goes up to the directory above, where the one that is left becomes the entry again.
// Returns   0; -1: ".." is not the directory that the walk came from.
static int
leave(struct tree *t)
{
    struct level *l = t->level;
    struct stat st;
    int error = 0;

    if (l->entered)
        error = move(t, l->above ? open("..", O_RDONLY) : dup(t->start));
    if (l->above && (fstat(t->here, &st) < 0 || st.ino != l->above->ino))
        error = -1;
    t->name = l->name;
    t->note = l->note;
    t->path.len = l->length;
    t->path.p[l->length] = 0;
    t->level = l->above;
    listing_free(&l->names);
    free(l);
    return error;
}

static enum tree_event
end(struct tree *t)
{
    struct level *l;

    while ((l = t->level)) {
        t->level = l->above;
        listing_free(&l->names);
        free(l);
    }
    move(t, t->start);
    close(t->start);
    text_free(&t->path);
    return TREE_END;
}

enum tree_event
tree_next(struct tree *t)
{
    if (!t->begun) {
        t->begun = true;
        return t->last = look(t);
    }
    if (t->last == TREE_DIR && !t->skip && enter(t) < 0)
        return t->last = TREE_FAILED;
    if (!t->level || t->last == TREE_LOST)
        return end(t);
    if (t->level->next == t->level->names.n)
        return t->last = leave(t) < 0 ? TREE_LOST : TREE_LEFT;
    step(t);
    return t->last = look(t);
}
