/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of chosen XML elements, from files that may have been written to hurt the reader. */
#include <errno.h>
#include <expat.h>

#include "connector/xml.h"
#include "lib/i18n.h"
#include "lib/util.h"

#define DEPTH_MAX 128
#define PATH_BYTES_MAX 2048
#define TEXT_MAX ((size_t)64 << 10)
#define NAMESPACE_SEPARATOR '\n'

struct reader {
        XML_Parser parser;
        const char *const *paths;
        xml_found found;
        void *data;
        const char *refused;       /* why we stopped the parser ourselves */
        char path[PATH_BYTES_MAX]; /* local names, each with a slash before it */
        size_t path_len;
        struct {
                size_t path_len; /* before it */
                ssize_t which;   /* index of the path it matches, or -1 */
        } open[DEPTH_MAX];
        unsigned depth;
        char *text;
        size_t text_len, text_size;
};

static void refuse(struct reader *r, const char *reason)
{
        r->refused = reason;
        XML_StopParser(r->parser, XML_FALSE);
}

static const char *local_name(const char *name)
{
        const char *at = strrchr(name, NAMESPACE_SEPARATOR);

        return at ? at + 1 : name;
}

/* Does PATH ("/a/b/c") end in the whole components of WANTED ("b/c"), or is it WANTED ("/a/b/c")? */
static bool path_ends(const char *path, size_t len, const char *wanted)
{
        size_t n = strlen(wanted);

        if (*wanted == '/')
                return len == n && memcmp(path, wanted, n) == 0;
        return len > n && path[len - n - 1] == '/' && memcmp(path + len - n, wanted, n) == 0;
}

static ssize_t wanted(const struct reader *r)
{
        for (ssize_t i = 0; r->paths[i]; i++)
                if (path_ends(r->path, r->path_len, r->paths[i]))
                        return i;
        return -1;
}

static void XMLCALL element_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
        struct reader *r = data;
        const char *local = local_name(name);
        size_t n = strlen(local);

        (void)attributes;
        if (r->depth == DEPTH_MAX || r->path_len + n + 1 >= sizeof(r->path))
                return refuse(r, _("elements are nested too deeply"));
        r->open[r->depth].path_len = r->path_len;
        r->path[r->path_len++] = '/';
        memcpy(r->path + r->path_len, local, n);
        r->path_len += n;
        r->open[r->depth++].which = wanted(r);
        r->text_len = 0;
}

static void tell_found(struct reader *r, size_t which)
{
        size_t from = 0, to = r->text_len;
        _cleanup_free_ char *text = NULL;

        while (from < to && strchr(" \t\r\n", r->text[from]))
                from++;
        while (to > from && strchr(" \t\r\n", r->text[to - 1]))
                to--;
        text = xstrndup(r->text ? r->text + from : "", to - from);
        r->found(r->data, which, text);
}

static void XMLCALL element_end(void *data, const XML_Char *name)
{
        struct reader *r = data;

        (void)name;
        if (r->refused) /* of <a/>, the end is told after the start was refused */
                return;
        r->depth--;
        if (r->open[r->depth].which >= 0)
                tell_found(r, (size_t)r->open[r->depth].which);
        r->path_len = r->open[r->depth].path_len;
        r->text_len = 0;
}

static void XMLCALL element_text(void *data, const XML_Char *text, int len)
{
        struct reader *r = data;
        size_t n = (size_t)len;

        if (r->depth == 0 || r->open[r->depth - 1].which < 0)
                return;
        if (r->text_len + n > TEXT_MAX)
                return refuse(r, _("the text of an element is too long"));
        if (r->text_len + n > r->text_size) {
                r->text_size = (r->text_len + n) * 2;
                r->text = xreallocarray(r->text, r->text_size, 1);
        }
        memcpy(r->text + r->text_len, text, n);
        r->text_len += n;
}

static void XMLCALL entity_declared(void *data, const XML_Char *name, int is_parameter,
                                    const XML_Char *value, int value_len, const XML_Char *base,
                                    const XML_Char *system_id, const XML_Char *public_id,
                                    const XML_Char *notation)
{
        (void)name, (void)is_parameter, (void)value, (void)value_len, (void)base;
        (void)system_id, (void)public_id, (void)notation;
        refuse(data, _("it declares an entity, which is not accepted"));
}

/* Of 64 bits everywhere since Expat 2.9, which calls the older name deprecated. */
#if XML_MAJOR_VERSION > 2 || (XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION >= 9)
#define LINE_OF XML_GetCurrentLineNumber64
#else
#define LINE_OF XML_GetCurrentLineNumber
#endif

static int parse_error(const struct reader *r, const char *name, char **why)
{
        return fail(why, -EBADMSG, "%s:%lu: %s", name, (unsigned long)LINE_OF(r->parser),
                    r->refused ? r->refused : XML_ErrorString(XML_GetErrorCode(r->parser)));
}

int xml_parse(const char *name, const char *text, size_t len, const char *const *paths,
              xml_found found, void *data, char **why)
{
        struct reader r = { .paths = paths, .found = found, .data = data };
        int result = 0;

        if (len > XML_FILE_MAX)
                return fail(why, -EFBIG, "%s: longer than %zu MiB", name, XML_FILE_MAX >> 20);
        r.parser = XML_ParserCreateNS(NULL, NAMESPACE_SEPARATOR);
        if (!r.parser)
                return fail(why, -ENOMEM, "%s: no memory for the XML parser", name);
        XML_SetUserData(r.parser, &r);
        XML_SetElementHandler(r.parser, element_start, element_end);
        XML_SetCharacterDataHandler(r.parser, element_text);
        XML_SetEntityDeclHandler(r.parser, entity_declared);
        if (XML_Parse(r.parser, text, (int)len, 1) != XML_STATUS_OK)
                result = parse_error(&r, name, why);
        XML_ParserFree(r.parser);
        free(r.text);
        return result;
}

int xml_read(const struct sys *sys, const char *path, const char *const *paths, xml_found found,
             void *data, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        int r = sys_read_nolinks(sys, path, XML_FILE_MAX, &text, &len);

        if (r == -ENOENT || r == -ENOTDIR)
                return -ENOENT;
        if (r == -EFBIG)
                return fail(why, r, "%s: longer than %zu MiB", path, XML_FILE_MAX >> 20);
        if (r < 0)
                return fail(why, r, "%s: %s", path, sys_why(r));
        return xml_parse(path, text, len, paths, found, data, why);
}
