/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passwd, group, shadow and gshadow: the first byte chooses the file, the rest is its text. */
#include <assert.h>
#include <stddef.h>

#include "accounts/records.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size == 0)
                return 0;
        _cleanup_free_ char *text = xcalloc(size, 1);
        _cleanup_free_ char *why = NULL;
        struct record_reader reader;
        struct record record;
        size_t start, length;
        memcpy(text, data + 1, size - 1);
        if (record_find(text, size - 1, "root", &start, &length))
                assert(length > 4 && start + length <= size - 1);
        record_reader_init(&reader, data[0] % RECORDS_FILES, text, size - 1);
        while (record_next(&reader, &record)) {
                assert(record.n > 0 && record.field[0]);
                for (unsigned i = 0; i < RECORD_FIELDS && record.field[i]; i++)
                        assert(strlen(record.field[i]) < size);
                if (*record.wrong)
                        assert(record_refused(reader.file, &record, &why) < 0);
        }
        return 0;
}
