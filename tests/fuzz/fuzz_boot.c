/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot menus and environment blocks, read and then asked for what boots. */
#include "kernels/boot_menu.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *text = (const char *)data;
        struct boot_menu bls = { 0 }, menu = { 0 };
        bls_parse("id", text, size, true, &bls);
        bls_parse("id-0-rescue", text, size, false, &bls);
        bls_sort(&bls, true);
        grub_parse(text, size, &bls, &menu);
        _cleanup_free_ char *saved = grub_env_get(text, size, "saved_entry");
        (void)boot_pick(&menu, saved ? saved : "1>1");
        (void)boot_pick(&menu, menu.preset ? menu.preset : "");
        (void)boot_find(&menu, "6.1.0-56-amd64");
        for (size_t i = 0; i < menu.n; i++) {
                _cleanup_free_ char *spec = boot_spec(&menu, &menu.entries[i]);
                (void)boot_pick(&menu, spec);
        }
        boot_menu_free(&bls);
        boot_menu_free(&menu);
        return 0;
}
