/* SPDX-License-Identifier: GPL-2.0 */
/* A table of bounded size whose entries a probe may take: all its memory is there before. Entries
 * are found by a key and kept by age; where none is free the oldest goes. The caller has a lock. */
#ifndef AMP_POOL_H
#define AMP_POOL_H

#include <linux/hash.h>
#include <linux/list.h>
#include <linux/vmalloc.h>

/* First thing in an entry. */
struct pool_entry {
        struct hlist_node node;
        struct list_head age;
        unsigned long key;
};

struct pool {
        unsigned int bytes, limit, bits; /* of an entry; entries; of the hash */
        unsigned int used; /* entries ever taken: those behind it are not written yet */
        unsigned int count;
        char *entries; /* NULL: not there */
        struct hlist_head *heads;
        struct list_head oldest, free;
};

#define POOL(type, limit_, bits_)                                                                  \
        {                                                                                          \
                .bytes = sizeof(type), .limit = (limit_), .bits = (bits_)                          \
        }

static inline void pool_free(struct pool *pool)
{
        vfree(pool->entries);
        vfree(pool->heads);
        pool->entries = NULL;
        pool->heads = NULL;
        pool->used = pool->count = 0;
}

static inline int pool_make(struct pool *pool)
{
        INIT_LIST_HEAD(&pool->oldest);
        INIT_LIST_HEAD(&pool->free);
        pool->used = pool->count = 0;
        pool->entries = vmalloc((unsigned long)pool->bytes * pool->limit);
        pool->heads = vzalloc(sizeof(*pool->heads) << pool->bits);
        if (pool->entries && pool->heads)
                return 0;
        pool_free(pool);
        return -ENOMEM;
}

static inline struct hlist_head *pool_head(const struct pool *pool, unsigned long key)
{
        return &pool->heads[hash_long(key, pool->bits)];
}

static inline void *pool_find(const struct pool *pool, unsigned long key)
{
        struct pool_entry *entry;

        hlist_for_each_entry(entry, pool_head(pool, key), node) if (entry->key == key) return entry;
        return NULL;
}

static inline void pool_drop(struct pool *pool, struct pool_entry *entry)
{
        hlist_del_init(&entry->node);
        list_move(&entry->age, &pool->free);
        pool->count--;
}

/* A new entry, all 0 but its key; true in *EVICTED: the oldest had to go for it. */
static inline void *pool_add(struct pool *pool, unsigned long key, bool *evicted)
{
        struct pool_entry *entry;

        *evicted = pool->count == pool->limit;
        if (*evicted)
                pool_drop(pool, list_first_entry(&pool->oldest, struct pool_entry, age));
        if (!list_empty(&pool->free)) {
                entry = list_first_entry(&pool->free, struct pool_entry, age);
                list_del(&entry->age);
        } else {
                entry = (void *)(pool->entries + (unsigned long)pool->bytes * pool->used++);
        }
        memset(entry, 0, pool->bytes);
        entry->key = key;
        hlist_add_head(&entry->node, pool_head(pool, key));
        list_add_tail(&entry->age, &pool->oldest);
        pool->count++;
        return entry;
}

/* The entry at place N < used, or NULL: it is free. */
static inline const void *pool_at(const struct pool *pool, unsigned int n)
{
        const struct pool_entry *entry =
                (const void *)(pool->entries + (unsigned long)pool->bytes * n);

        return hlist_unhashed(&entry->node) ? NULL : entry;
}

static inline void pool_clear(struct pool *pool)
{
        while (!list_empty(&pool->oldest))
                pool_drop(pool, list_first_entry(&pool->oldest, struct pool_entry, age));
}

#endif
