/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-semanage.so: one transaction of libsemanage. */
#include "selinux/semanage.h"

#include <errno.h>
#include <semanage/semanage.h>
#include <sepol/cil/cil.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_LEN 2048

/* libsepol's compiler takes no user data for its log. One transaction a process. */
static int complaints = -1;
static int cil_errors;

static void complain(const char *who, const char *text)
{
        char line[LINE_LEN];
        (void)snprintf(line, sizeof(line) - 1, "%s %s", who, text);
        size_t len = strlen(line);
        for (size_t i = 0; i < len; i++)
                if (line[i] == '\n')
                        line[i] = ' ';
        line[len] = '\n';
        if (write(complaints, line, len + 1) < 0)
                return; /* nobody listens any more: the transaction goes on */
}

/* The compiler says one line in several pieces. */
static void on_cil(int level, const char *text)
{
        static char line[LINE_LEN];
        if (level != CIL_ERR)
                return;
        cil_errors++;
        size_t len = strlen(line);
        (void)snprintf(line + len, sizeof(line) - len, "%s", text);
        if (!strchr(line, '\n'))
                return;
        line[strcspn(line, "\n")] = '\0';
        complain("cil", line);
        line[0] = '\0';
}

__attribute__((format(printf, 3, 4))) static void on_message(void *data, semanage_handle_t *handle,
                                                             const char *fmt, ...)
{
        (void)data;
        char text[LINE_LEN];
        va_list ap;
        if (semanage_msg_get_level(handle) != SEMANAGE_MSG_ERR)
                return;
        va_start(ap, fmt);
        (void)vsnprintf(text, sizeof(text), fmt, ap);
        va_end(ap);
        complain("msg", text);
}

/* libsemanage's prototypes have not always been const. */
static char *unconst(const char *s)
{
        return (char *)(uintptr_t)s;
}

static int install(semanage_handle_t *h, const struct selinux_change *c)
{
        if (semanage_set_default_priority(h, (uint16_t)c->priority) < 0)
                return -1;
        return semanage_module_install(h, unconst(c->text), c->len, unconst(c->name),
                                       unconst(c->lang));
}

static int remove_module(semanage_handle_t *h, const struct selinux_change *c)
{
        if (semanage_set_default_priority(h, (uint16_t)c->priority) < 0)
                return -1;
        return semanage_module_remove(h, unconst(c->name));
}

static int set_enabled(semanage_handle_t *h, const struct selinux_change *c)
{
        semanage_module_key_t *key = NULL;
        if (semanage_module_key_create(h, &key) < 0)
                return -1;
        int r = semanage_module_key_set_name(h, key, c->name);
        if (r >= 0)
                r = semanage_module_set_enabled(h, key, c->op == SELINUX_ENABLE);
        semanage_module_key_destroy(h, key);
        free(key);
        return r;
}

static int build(semanage_handle_t *h, const struct selinux_change *c)
{
        (void)c;
        semanage_set_rebuild(h, 1);
        return 0;
}

static int (*const operations[])(semanage_handle_t *, const struct selinux_change *) = {
        [SELINUX_INSTALL] = install,    [SELINUX_REMOVE] = remove_module,
        [SELINUX_ENABLE] = set_enabled, [SELINUX_DISABLE] = set_enabled,
        [SELINUX_BUILD] = build,
};

static int failure(void)
{
        if (cil_errors > 0)
                return EBADMSG;
        return errno ? errno : EIO;
}

/* semanage_commit gives the number of the commit, or 0: only below that it failed. */
static int transaction(semanage_handle_t *h, const struct selinux_change *c)
{
        semanage_set_reload(h, 0);
        errno = 0;
        if (semanage_begin_transaction(h) < 0)
                return failure();
        errno = 0;
        if (operations[c->op](h, c) < 0 || semanage_commit(h) < 0)
                return failure();
        return 0;
}

static int connected(semanage_handle_t *h, const struct selinux_change *c)
{
        semanage_select_store(h, unconst(c->type), SEMANAGE_CON_DIRECT);
        errno = 0;
        if (semanage_is_managed(h) != 1)
                return errno ? errno : ENOENT;
        if (semanage_connect(h) < 0)
                return failure();
        int r = transaction(h, c);
        semanage_disconnect(h);
        return r;
}

static int run(const char *root, const struct selinux_change *change, int fd)
{
        complaints = fd;
        signal(SIGPIPE, SIG_IGN);
        umask(022);
        /* The handler's text is const since libsepol 3.1. */
        cil_set_log_handler((void *)on_cil);
        if (root && semanage_set_root(root) < 0)
                return ENOMEM;
        semanage_handle_t *h = semanage_handle_create();
        if (!h)
                return ENOMEM;
        semanage_msg_set_callback(h, on_message, NULL);
        int r = connected(h, change);
        semanage_handle_destroy(h);
        return r;
}

extern const struct semanage_plugin secep_semanage;
const struct semanage_plugin secep_semanage = { .run = run };
