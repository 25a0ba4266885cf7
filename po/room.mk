# SPDX-License-Identifier: GPL-2.0-or-later
# One catalogue a language; msgfmt holds the format of each translation against the sentence's.
LANGUAGES := $(patsubst po/%.po,%,$(wildcard po/*.po))
$(BUILD)/locale/%/LC_MESSAGES/secep.mo: po/%.po
	@mkdir -p $(@D)
	@echo "  MO   $<"
	$(Q)msgfmt --check-format -o $@ $<

catalogues := $(foreach l,$(LANGUAGES),$(BUILD)/locale/$(l)/LC_MESSAGES/secep.mo)
all: $(catalogues)
INSTALLED_MORE += $(foreach l,$(LANGUAGES),$(call place_as,$(BUILD)/locale/$(l)/LC_MESSAGES/secep.mo,$(localedir)/$(l)/LC_MESSAGES,0644,secep.mo))
