/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Module files. */
#include "kmod-build/module_file.h"

#include <elf.h>
#include <errno.h>

#include "lib/util.h"

#define SIGNATURE_MARK "~Module signature appended~\n"
#define SYMBOL_MAX 56

struct part {
        const char *data;
        size_t len;
};

static bool within(size_t offset, size_t size, size_t len)
{
        return offset <= len && size <= len - offset;
}

static bool is_module(const char *data, size_t len, Elf64_Ehdr *head)
{
        const unsigned char order =
                __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
        if (len < sizeof(*head))
                return false;
        memcpy(head, data, sizeof(*head));
        return memcmp(head->e_ident, ELFMAG, SELFMAG) == 0 && head->e_type == ET_REL &&
               head->e_ident[EI_CLASS] == ELFCLASS64 && head->e_ident[EI_DATA] == order &&
               head->e_shentsize == sizeof(Elf64_Shdr) && head->e_shstrndx < head->e_shnum &&
               within(head->e_shoff, (size_t)head->e_shnum * sizeof(Elf64_Shdr), len);
}

static Elf64_Shdr section_at(const char *data, const Elf64_Ehdr *head, size_t i)
{
        Elf64_Shdr section;
        memcpy(&section, data + head->e_shoff + i * sizeof(section), sizeof(section));
        return section;
}

static bool section_find(const char *data, size_t len, const char *name, struct part *out)
{
        Elf64_Ehdr head;
        if (!is_module(data, len, &head))
                return false;
        Elf64_Shdr names = section_at(data, &head, head.e_shstrndx);
        if (!within(names.sh_offset, names.sh_size, len))
                return false;
        for (size_t i = 0; i < head.e_shnum; i++) {
                Elf64_Shdr s = section_at(data, &head, i);
                if (s.sh_type == SHT_NOBITS || s.sh_name >= names.sh_size ||
                    !within(s.sh_offset, s.sh_size, len))
                        continue;
                const char *found = data + names.sh_offset + s.sh_name;
                if (strnlen(found, names.sh_size - s.sh_name) < names.sh_size - s.sh_name &&
                    streq(found, name)) {
                        *out = (struct part){ data + s.sh_offset, s.sh_size };
                        return true;
                }
        }
        return false;
}

char *module_info(const void *data, size_t len, const char *key)
{
        struct part info;
        size_t n = strlen(key);
        if (!section_find(data, len, ".modinfo", &info))
                return NULL;
        for (size_t at = 0; at < info.len;) {
                const char *entry = info.data + at;
                size_t size = strnlen(entry, info.len - at);
                if (size > n && entry[n] == '=' && memcmp(entry, key, n) == 0)
                        return xstrndup(entry + n + 1, size - n - 1);
                at += size + 1;
        }
        return NULL;
}

bool module_signed(const void *data, size_t len)
{
        const size_t n = strlen(SIGNATURE_MARK);
        return len > n && memcmp((const char *)data + len - n, SIGNATURE_MARK, n) == 0;
}

static int vermagic_fits(const char *magic, const struct tree *tree, char **why)
{
        size_t n = strcspn(magic, " ");
        if (strlen(tree->release) != n || memcmp(magic, tree->release, n) != 0)
                return fail(why, -ESTALE, "it was built for kernel %.*s, not %s", (int)n, magic,
                            tree->release);
        const char *flags = magic + n + (magic[n] == ' ');
        size_t known = strcspn(flags, "R"); /* RANDSTRUCT_... holds a random seed */
        while (known > 0 && flags[known - 1] == ' ')
                known--;
        if (known != strlen(tree->flags) || memcmp(flags, tree->flags, known) != 0)
                return fail(why, -ESTALE, "its vermagic says \"%.*s\", the kernel's \"%s\"",
                            (int)known, flags, tree->flags);
        return 0;
}

/* struct modversion_info: CRC in 8 bytes, then the name. */
static struct symbol *symbols_of(const struct part *versions, size_t *n)
{
        *n = versions->len / 64;
        struct symbol *symbols = xcalloc(*n, sizeof(*symbols));
        for (size_t i = 0; i < *n; i++) {
                const char *at = versions->data + i * 64;
                memcpy(&symbols[i].crc, at, sizeof(symbols[i].crc));
                memcpy(symbols[i].name, at + 8, SYMBOL_MAX);
        }
        return symbols;
}

static int crcs_fit(const char *data, size_t len, const struct tree *tree, char **why)
{
        struct part versions;
        size_t n;
        if (!tree->modversions)
                return 0;
        if (!section_find(data, len, "__versions", &versions) || versions.len < 64)
                return fail(why, -ESTALE,
                            "it carries no symbol versions, and the kernel requires them");
        _cleanup_free_ struct symbol *symbols = symbols_of(&versions, &n);
        tree_crcs(tree, symbols, n);
        for (const struct symbol *s = symbols; s < symbols + n; s++) {
                if (!s->found)
                        return fail(why, -ESTALE, "the kernel exports no symbol %s", s->name);
                if (s->crc != s->kernels)
                        return fail(why, -ESTALE,
                                    "the version of symbol %s is %08x, the kernel's is %08x",
                                    s->name, (unsigned)s->crc, (unsigned)s->kernels);
        }
        return 0;
}

int module_fits(const void *data, size_t len, const char *name, const struct tree *tree, char **why)
{
        _cleanup_free_ char *magic = module_info(data, len, "vermagic");
        _cleanup_free_ char *own = module_info(data, len, "name");
        if (!magic)
                return fail(why, -EBADMSG, "it is not a kernel module");
        if (own && !streq(own, name))
                return fail(why, -EBADMSG, "it is the module %s, not %s", own, name);
        int r = vermagic_fits(magic, tree, why);
        return r < 0 ? r : crcs_fit(data, len, tree, why);
}
