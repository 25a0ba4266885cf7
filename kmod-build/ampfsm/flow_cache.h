/* SPDX-License-Identifier: GPL-2.0 */
/* The remote addresses that the peer has judged: the least recently used goes first, and each goes
 * when its time is over. Entries are made where commands are taken; a probe only looks. */
#ifndef AMP_FLOW_CACHE_H
#define AMP_FLOW_CACHE_H

#include <linux/jhash.h>
#include <linux/slab.h>

#include "flow_table.h"
#include "nke.h"

#define CACHE_BITS 12
#define CACHE_SIZE 1000
#define CACHE_HIGHEST 1000000
#define CACHE_SECONDS 86400
#define CACHE_STEP 64 /* entries that go while a lock is held */

struct cache_entry {
        struct hlist_node node;
        struct list_head use; /* the least recent first */
        u8 address[16];
        u16 family;
        bool malicious;
        u8 classification;
        char name[NKE_NAME];
        time64_t since;
};

static struct {
        struct kmem_cache *slab;
        struct hlist_head heads[1 << CACHE_BITS];
        struct list_head use;
        u32 count, malicious, size;
        u32 seconds[2]; /* of clean ones, of malicious ones */
} cache = { .use = LIST_HEAD_INIT(cache.use) };

/* No port and no scope; an IPv4 address is one however it is written. */
static void cache_key(const struct flow_end *end, struct cache_entry *key)
{
        memset(key->address, 0, sizeof(key->address));
        key->family = end->family;
        if (flow_end_is_mapped(end)) {
                key->family = AF_INET;
                memcpy(key->address, end->address + 12, 4);
        } else {
                memcpy(key->address, end->address, sizeof(key->address));
        }
}

static struct hlist_head *cache_head(const struct cache_entry *key)
{
        return &cache.heads[jhash(key->address, 16, key->family) >> (32 - CACHE_BITS)];
}

static bool cache_over(const struct cache_entry *entry)
{
        return ktime_get_seconds() - entry->since >= cache.seconds[entry->malicious];
}

static struct cache_entry *cache_find(const struct cache_entry *key)
{
        struct cache_entry *entry;

        hlist_for_each_entry(entry, cache_head(key),
                             node) if (entry->family == key->family &&
                                       memcmp(entry->address, key->address, 16) == 0) return entry;
        return NULL;
}

/* Out of the cache, into the list GOING; under the lock. */
static void cache_take_out(struct cache_entry *entry, struct list_head *going)
{
        hlist_del(&entry->node);
        list_move(&entry->use, going);
        cache.count--;
        cache.malicious -= entry->malicious;
}

static void cache_free(struct list_head *going)
{
        struct cache_entry *entry, *next;

        list_for_each_entry_safe(entry, next, going, use) kmem_cache_free(cache.slab, entry);
        cond_resched();
}

/* In a probe, under the lock: what END is known for as malicious, or NULL. */
static const struct cache_entry *cache_malicious(const struct flow_end *end)
{
        struct cache_entry key, *entry;

        if (!cache.malicious)
                return NULL;
        cache_key(end, &key);
        entry = cache_find(&key);
        if (!entry || cache_over(entry))
                return NULL;
        list_move_tail(&entry->use, &cache.use);
        return entry->malicious ? entry : NULL;
}

/* The least recently used until there are SIZE, in steps: others get the lock in between. */
static void cache_shrink(u32 size)
{
        unsigned long flags;
        bool more;

        do {
                LIST_HEAD(going);
                int n = CACHE_STEP;

                raw_spin_lock_irqsave(&flow_lock, flags);
                while (n-- > 0 && cache.count > size)
                        cache_take_out(list_first_entry(&cache.use, struct cache_entry, use),
                                       &going);
                more = cache.count > size;
                raw_spin_unlock_irqrestore(&flow_lock, flags);
                cache_free(&going);
        } while (more);
}

/* Those whose time is over. */
static void cache_expire(void)
{
        unsigned int i;

        for (i = 0; i < ARRAY_SIZE(cache.heads); i++) {
                LIST_HEAD(going);
                struct cache_entry *entry;
                struct hlist_node *next;
                unsigned long flags;

                raw_spin_lock_irqsave(&flow_lock, flags);
                hlist_for_each_entry_safe(entry, next, &cache.heads[i], node) if (cache_over(entry))
                        cache_take_out(entry, &going);
                raw_spin_unlock_irqrestore(&flow_lock, flags);
                cache_free(&going);
        }
}

/* What follows is called where commands are taken, one at a time. */

static void cache_set(u32 size, u32 malicious, u32 clean)
{
        WRITE_ONCE(cache.seconds[true], malicious == NKE_DEFAULT ? CACHE_SECONDS : malicious);
        WRITE_ONCE(cache.seconds[false], clean == NKE_DEFAULT ? CACHE_SECONDS : clean);
        cache.size = size == NKE_DEFAULT ? CACHE_SIZE : min_t(u32, size, CACHE_HIGHEST);
        cache_shrink(cache.size);
        cache_expire();
}

/* What is kept of NEW's address becomes what NEW says, its time goes on; true: there was such a one. */
static bool cache_update(const struct cache_entry *new)
{
        struct cache_entry *entry;
        unsigned long flags;

        raw_spin_lock_irqsave(&flow_lock, flags);
        entry = cache_find(new);
        if (entry && cache_over(entry))
                entry->since = new->since;
        if (entry) {
                cache.malicious += new->malicious - entry->malicious;
                entry->malicious = new->malicious;
                entry->classification = new->classification;
                memcpy(entry->name, new->name, NKE_NAME);
                list_move_tail(&entry->use, &cache.use);
        }
        raw_spin_unlock_irqrestore(&flow_lock, flags);
        return entry;
}

/* NEW: as cache_key() leaves it, and what is to be known; its time begins. */
static int cache_put(struct cache_entry *new)
{
        struct cache_entry *entry;
        unsigned long flags;

        new->since = ktime_get_seconds();
        if (!cache.size || cache_update(new))
                return 0;
        entry = kmem_cache_alloc(cache.slab, GFP_KERNEL);
        if (!entry)
                return -ENOMEM;
        *entry = *new;
        cache_shrink(cache.size - 1);
        raw_spin_lock_irqsave(&flow_lock, flags);
        hlist_add_head(&entry->node, cache_head(entry));
        list_add_tail(&entry->use, &cache.use);
        cache.count++;
        cache.malicious += entry->malicious;
        raw_spin_unlock_irqrestore(&flow_lock, flags);
        return 0;
}

static int cache_begin(void)
{
        cache.slab = kmem_cache_create(KBUILD_MODNAME "_address", sizeof(struct cache_entry), 0,
                                       SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT, NULL);
        return cache.slab ? 0 : -ENOMEM;
}

static void cache_end(void)
{
        cache_shrink(0);
        kmem_cache_destroy(cache.slab);
}

#endif
