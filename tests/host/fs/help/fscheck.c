// SPDX-License-Identifier: MIT
// fscheck.c - is the mounted file system equal to the model?
#include "fsmodel.h"
#include "fsworld.h"
#include "test.h"

static uint8 got[1 << 20];

static void
check_records(int dir, const char *path)
{
    static struct dirent d[2000];
    int64 r = w_read(path, d, 0, sizeof d);
    CHECK(r > 0);
    uint64 live = 0, want = 2;
    for (int64 i = 0; i < r / 16; i++)
        live += d[i].inum != 0;
    for (int i = 0; i < ENTRIES; i++)
        want += nodes[dir].e[i].name[0] != 0;
    CHECK_EQ(live, want);
}

void
check_tree(int dir)
{
    for (int i = 0; i < ENTRIES; i++) {
        struct entry *e = &nodes[dir].e[i];
        struct stat st;
        if (!e->name[0])
            continue;
        struct node *n = &nodes[e->node];
        CHECK_EQ(w_stat(path_of(dir, e->name), &st), 0);
        CHECK_EQ(st.type, n->type);
        CHECK_EQ(st.nlink, n->nlink);
        if (n->type == T_DIR) {
            check_records(e->node, path_of(dir, e->name));
            check_tree(e->node);
        } else if (n->type == T_FILE) {
            CHECK_EQ(st.size, n->size);
            for (uint64 off = 0; off < n->size; off += sizeof got) {
                uint64 len = n->size - off < sizeof got ? n->size - off : sizeof got;
                CHECK_EQ(w_read(path_of(dir, e->name), got, off, sizeof got), len);
                CHECK_MEM(got, n->data + off, len);
            }
        }
    }
}
