/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "faults/fault.h"

#define DECLARE(name) extern const struct fault fault_##name;
FAULTS(DECLARE)

#define LIST(name) &fault_##name,
const struct fault *const faults[] = { FAULTS(LIST) NULL };

const struct fault *fault_by_id(int id)
{
        for (const struct fault *const *f = faults; *f; f++)
                if ((*f)->id == id)
                        return *f;
        return NULL;
}
