/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bare cost of the repair of fault 19: one libsemanage transaction that installs a module.
 *     bench_semanage ROOT STORE FILE.cil */
#include <semanage/semanage.h>

int main(int argc, char **argv)
{
        if (argc != 4 || semanage_set_root(argv[1]) < 0)
                return 2;
        semanage_handle_t *h = semanage_handle_create();
        semanage_select_store(h, argv[2], SEMANAGE_CON_DIRECT);
        if (semanage_connect(h) < 0)
                return 3;
        semanage_set_reload(h, 0);
        semanage_set_default_priority(h, 200);
        int r = semanage_begin_transaction(h);
        if (r >= 0)
                r = semanage_module_install_file(h, argv[3]);
        if (r >= 0)
                r = semanage_commit(h);
        semanage_disconnect(h);
        semanage_handle_destroy(h);
        return r < 0;
}
