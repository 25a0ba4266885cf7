/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be told of a kernel's functions, features and maps. */
#include "faults/kernel_known.h"

#include "connector/connector.h"
#include "faults/kernel_functions.h"
#include "kernels/config.h"
#include "kmod-build/prove.h"

#define HEADER_MAX ((size_t)4 << 20)

/* 'y', 'm', 'n', or 0 where no configuration tells. */
static char configured(const struct kernel_known *k, const char *option)
{
        if (!k->config)
                return '\0';
        return kernel_config_value(k->config, option);
}

static enum has has_function(const struct kernel_known *k, const struct kernel_function *function,
                             bool there)
{
        const char *option = function->option;
        if (!k->any_listed)
                return option && configured(k, option) == 'n' ? HAS_NOT : HAS_UNTOLD;
        if (there)
                return HAS;
        /* a module's functions are in no System.map, and in no kernel that has not loaded it */
        if (option && streq(option, "IPV6") && (!k->config || configured(k, option) == 'm'))
                return k->config ? HAS : HAS_UNTOLD;
        return HAS_NOT;
}

/* What is said of OPTION by the rows before ROW, or HAS_UNTOLD. */
static enum has said_before(const struct kernel_known *k, size_t row, const char *option)
{
        for (size_t i = 0; option && i < row; i++)
                if (streq(kernel_features[i].option, option))
                        return k->features[i];
        return HAS_UNTOLD;
}

/* A configuration names what may be chosen: what neither it names nor a list shows is left out. An excerpt
 * of one that stands alone tells nothing of the rest. */
static enum has has_feature(const struct sys *sys, const struct kernel_known *k, size_t row)
{
        const struct kernel_feature *feature = &kernel_features[row];
        if (k->running && feature->shown_by)
                return sys_exists(sys, feature->shown_by) ? HAS : HAS_NOT;
        char said = configured(k, feature->option);
        if (said)
                return said == 'n' ? HAS_NOT : HAS;
        if (k->listed[KERNEL_FUNCTIONS + row] || said_before(k, row, feature->follows_from) == HAS)
                return HAS;
        return k->config && k->any_listed ? HAS_NOT : HAS_UNTOLD;
}

/* Is there an option that no configuration names, though it has to be there? */
static bool any_unnamed(const struct kernel_known *k)
{
        for (size_t i = 0; i < KERNEL_FEATURES; i++)
                if (!configured(k, kernel_features[i].option))
                        return true;
        return false;
}

/* Does the definition of a structure in TEXT, from its brace to the next, name MEMBER? */
static enum has defines(const char *text, const struct kernel_member *member)
{
        _cleanup_free_ char *head = xasprintf("\nstruct %s {", member->structure);
        const char *at = strstr(text, head);
        if (!at)
                return HAS;
        size_t n = strlen(member->member), all = strcspn(at, "}");
        for (const char *p = at; (p = strstr(p, member->member)) && p < at + all; p += n)
                if (strchr(" *\t", p[-1]) && strchr(";,[ :", p[n]))
                        return HAS;
        return HAS_NOT;
}

static enum has has_member(const struct sys *sys, const char *release,
                           const struct kernel_member *member)
{
        /* Debian has the headers of all flavours apart, in what the second link names */
        static const char *const links[] = { "build", "source" };
        for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
                _cleanup_free_ char *path = xasprintf("/lib/modules/%s/%s/include/%s", release,
                                                      links[i], member->header),
                                    *text = NULL;
                if (sys_read(sys, path, HEADER_MAX, &text, NULL) == 0)
                        return defines(text, member);
        }
        return HAS;
}

/* A type that something else does for has that in its place. */
static void set_maps(struct kernel_known *k, const struct bpf_want *wants)
{
        for (size_t i = 0; i < KERNEL_MAPS; i++) {
                bool has = wants[i].has;
                for (size_t j = 0; kernel_maps[i].instead && j < KERNEL_MAPS; j++)
                        has |= streq(kernel_maps[i].instead, wants[j].name) && wants[j].has;
                k->maps[i] = has ? HAS : HAS_NOT;
        }
}

/* What has been probed once in this run: hanging a program on a function costs the kernel more than
 * all the rest of a check. */
static bool probed[KERNEL_FUNCTIONS];

/* What is there and not yet probed, of PARTS; a module's function only where it is loaded. Into WANTS
 * behind the maps, with its index into AT; returns how many. */
static size_t want_functions(const struct kernel_known *k, unsigned parts, struct bpf_want *wants,
                             size_t *at)
{
        size_t n = 0;
        for (size_t i = 0; i < KERNEL_FUNCTIONS; i++) {
                const struct kernel_function *function = &kernel_functions[i];
                if (probed[i] || !k->listed[i] || !(function->forms & k->may_be) ||
                    !(parts & 1U << function->part))
                        continue;
                at[n] = i;
                wants[n++] = (struct bpf_want){ .name = function->name,
                                                .kind = function->at_return ? BPF_WANT_RETURN
                                                                            : BPF_WANT_ENTRY };
        }
        return n;
}

static void try_each(const struct sys *sys, unsigned parts, struct kernel_known *k,
                     struct finding *f)
{
        struct bpf_want wants[KERNEL_MAPS + KERNEL_FUNCTIONS] = { 0 };
        size_t at[KERNEL_FUNCTIONS];
        _cleanup_free_ char *why = NULL, *refused = NULL;
        for (size_t i = 0; i < KERNEL_MAPS; i++)
                wants[i] = (struct bpf_want){ .name = kernel_maps[i].type, .kind = BPF_WANT_MAP };
        size_t n = want_functions(k, parts, wants + KERNEL_MAPS, at);
        if (bpf_has(sys, wants, KERNEL_MAPS + n, &why) < 0) {
                finding_note(f, "whether each function can be probed was not tried: %s", why);
                return;
        }
        set_maps(k, wants);
        for (size_t i = 0; i < n; i++) {
                probed[at[i]] = wants[KERNEL_MAPS + i].has;
                if (probed[at[i]])
                        continue;
                k->functions[at[i]] = HAS_NOT;
                char *longer = xasprintf("%s%s%s", refused ? refused : "", refused ? ", " : "",
                                         wants[KERNEL_MAPS + i].name);
                free(refused);
                refused = longer;
        }
        if (memchr(probed, 1, sizeof(probed)))
                for (size_t i = 0; i < KERNEL_FEATURES; i++)
                        k->features[i] = HAS; /* a program hangs on a function */
        if (refused)
                finding_evidence(f, "listed, and cannot be probed", refused, NULL);
}

static void know_connector(const struct sys *sys, struct kernel_known *k)
{
        _cleanup_free_ char *version = NULL;
        k->forms = k->may_be = FORM_ANY;
        if (connector_installed(sys, NULL) == 0)
                return;
        bool known = connector_version(sys, &version, NULL) == 0 && version;
        if (!known || version_compare(version, CO_RE_SINCE) < 0)
                k->forms = FORM_BCC;
        k->may_be = known ? k->forms : FORM_ANY;
}

/* The kernel's lists, and with them what no configuration tells: BTF is in the list of a kernel that has it. */
static void know_listed(const struct sys *sys, const char *release, struct kernel_known *k)
{
        bool more = k->btf == BTF_UNKNOWN || any_unnamed(k);
        k->any_listed = kernel_listed(sys, release, more, k->listed) == 0;
        if (k->btf == BTF_UNKNOWN && k->listed[KERNEL_NAMES - 1])
                k->btf = BTF_YES;
}

void kernel_known_ask(const struct sys *sys, const char *release, unsigned parts, struct finding *f,
                      struct kernel_known *k)
{
        know_connector(sys, k);
        k->running = sys_runs_kernel(sys, release);
        (void)kernel_config_read(sys, release, &k->config);
        k->btf = btf_of(sys, release);
        know_listed(sys, release, k);
        bool lets = true;
        for (size_t i = 0; i < KERNEL_FUNCTIONS; i++)
                k->functions[i] = has_function(k, &kernel_functions[i], k->listed[i]);
        for (size_t i = 0; i < KERNEL_FEATURES; i++) {
                k->features[i] = has_feature(sys, k, i);
                lets &= k->features[i] != HAS_NOT;
        }
        for (size_t i = 0; i < KERNEL_MEMBERS; i++)
                k->members[i] = has_member(sys, release, &kernel_members[i]);
        for (size_t i = 0; i < KERNEL_MAPS; i++)
                k->maps[i] = HAS;
        if (sys->depth == DEPTH_PROVE && k->running && k->any_listed && lets)
                try_each(sys, parts, k, f);
}

void kernel_known_free(struct kernel_known *k)
{
        free(k->config);
}
