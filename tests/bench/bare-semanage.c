/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The measure for a repair: begin, install, commit of libsemanage and nothing else.
 *     bare-semanage ROOT FILE.cil */
#include <semanage/semanage.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
        char text[65536];
        FILE *f = argc == 3 ? fopen(argv[2], "r") : NULL;
        size_t len = f ? fread(text, 1, sizeof(text), f) : 0;
        if (len == 0 || semanage_set_root(argv[1]) < 0)
                return 2;
        semanage_handle_t *h = semanage_handle_create();
        semanage_select_store(h, (char *)"default", SEMANAGE_CON_DIRECT);
        if (semanage_connect(h) < 0)
                return 3;
        semanage_set_reload(h, 0);
        int r = semanage_begin_transaction(h);
        if (r >= 0)
                r = semanage_set_default_priority(h, 200);
        if (r >= 0)
                r = semanage_module_install(h, text, len, "cisco-secure-bpf", "cil");
        if (r >= 0)
                r = semanage_commit(h);
        semanage_disconnect(h);
        semanage_handle_destroy(h);
        return r < 0;
}
