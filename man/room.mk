# SPDX-License-Identifier: GPL-2.0-or-later
# Manual pages in other languages: man/LANGUAGE/PAGE.SECTION.
INSTALLED_MORE += $(foreach f,$(wildcard man/*/*.8),$(call place,$(f),$(mandir)/$(notdir $(patsubst %/,%,$(dir $(f))))/man8,0644))
INSTALLED_MORE += $(foreach f,$(wildcard man/*/*.5),$(call place,$(f),$(mandir)/$(notdir $(patsubst %/,%,$(dir $(f))))/man5,0644))
