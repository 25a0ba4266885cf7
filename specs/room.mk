# SPDX-License-Identifier: GPL-2.0-or-later
# What only packages want, and `make deb`, `make rpm`: built of what is committed, in a folder of
# their own. DEB_BUILD_OPTIONS and the like are passed on; SUITE=trixie builds in a root of that suite.
bashcompdir ?= $(prefix)/share/bash-completion/completions
zshcompdir  ?= $(prefix)/share/zsh/vendor-completions
fishcompdir ?= $(prefix)/share/fish/vendor_completions.d
presetdir   ?= /usr/lib/systemd/system-preset
sysusersdir ?= /usr/lib/sysusers.d
tmpfilesdir ?= /usr/lib/tmpfiles.d
modsrcdir   ?= $(prefix)/src/secep-$(VERSION)

INSTALLED_MORE += \
	$(call place_as,data/systemd/90-secep.preset,$(presetdir),0644,90-secep.preset) \
	$(call place_as,data/systemd/secep-sysusers.conf,$(sysusersdir),0644,secep.conf) \
	$(call place_as,data/systemd/secep-tmpfiles.conf,$(tmpfilesdir),0644,secep.conf) \
	$(call place,$(wildcard kmod-build/ampfsm/*),$(modsrcdir),0644) \
	$(foreach p,$(notdir $(basename $(wildcard data/completion/*.bash))), \
		$(call place_as,data/completion/$(p).bash,$(bashcompdir),0644,$(p)) \
		$(call place_as,data/completion/$(p).zsh,$(zshcompdir),0644,_$(p)) \
		$(call place_as,data/completion/$(p).fish,$(fishcompdir),0644,$(p).fish))

.PHONY: deb rpm
deb: dist
	@specs/build.sh deb $(BUILD) $(VERSION) $(SUITE)
rpm: dist
	@specs/build.sh rpm $(BUILD) $(VERSION)
