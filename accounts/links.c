/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a symlink leads, by its text alone. */
#include "accounts/links.h"

#include "lib/util.h"

unsigned path_components(const char *path)
{
        unsigned n = 0;
        while (*(path += strspn(path, "/"))) {
                n++;
                path += strcspn(path, "/");
        }
        return n;
}

bool link_climbs_out(const char *target, unsigned depth)
{
        if (*target == '/')
                depth = 0;
        long at = depth;
        while (*(target += strspn(target, "/"))) {
                size_t n = strcspn(target, "/");
                if (n == 2 && startswith(target, ".."))
                        at--;
                else if (n != 1 || *target != '.')
                        at++;
                if (at < 0)
                        return true;
                target += n;
        }
        return false;
}
