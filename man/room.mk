# SPDX-License-Identifier: GPL-2.0-or-later
# Manual pages in other languages: man/LANGUAGE/PAGE.SECTION, which po/update.sh makes
# of the English ones and man/po/LANGUAGE.po.
INSTALLED_MORE += $(foreach s,5 7 8,$(foreach f,$(wildcard man/*/*.$(s)),$(call place,$(f),$(mandir)/$(notdir $(patsubst %/,%,$(dir $(f))))/man$(s),0644)))
