// SPDX-License-Identifier: MIT
// list.h - doubly linked circular lists whose nodes are embedded in the listed objects.
//
// Theory    The head is a node that carries no object. An empty list is a head linked to itself;
//           so is a node that is on no list, which makes list_remove() of it harmless.
// Locks     none here: the owner of the list guards it.
#pragma once

#include "lib/types.h"

struct list {
    struct list *next, *prev;
};

#define LIST_INIT(name)                                                                            \
    {                                                                                              \
        &(name), &(name)                                                                           \
    }

// The object of type `type` whose node `member` is `node`.
#define list_entry(node, type, member) container_of(node, type, member)

// Visits each node; the body must not unlink `node`.
#define list_for_each(node, head)                                                                  \
    for (struct list *node = (head)->next; node != (head); node = node->next)

// Visits each node; the body may unlink `node`.
#define list_for_each_safe(node, head)                                                             \
    for (struct list *node = (head)->next, *node##_next = node->next; node != (head);              \
         node = node##_next, node##_next = node->next)

// Makes an empty list of `head`, or a node that is on no list.
static inline void
list_init(struct list *head)
{
    head->next = head->prev = head;
}

// Returns whether the list has no node.
static inline bool
list_empty(const struct list *head)
{
    return head->next == head;
}

// Links a node that is on no list behind `where`, which is on one.
static inline void
list_insert_after(struct list *node, struct list *where)
{
    node->prev = where;
    node->next = where->next;
    where->next->prev = node;
    where->next = node;
}

// Links a node that is on no list as the first one.
static inline void
list_push_front(struct list *head, struct list *node)
{
    list_insert_after(node, head);
}

// Links a node that is on no list as the last one.
static inline void
list_push_back(struct list *head, struct list *node)
{
    list_insert_after(node, head->prev);
}

// Unlinks a node; one that is on no list stays so.
static inline void
list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

// Unlinks and returns the first node, NULL if there is none.
static inline struct list *
list_pop_front(struct list *head)
{
    struct list *node = head->next;
    if (node == head)
        return NULL;
    list_remove(node);
    return node;
}

// Moves all nodes of `from`, in their order, behind those of `to`.
static inline void
list_append(struct list *to, struct list *from)
{
    if (list_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    list_init(from);
}
