# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon is linked with libsystemd; of the other programs, whose linker keeps only what is needed, none
# is.
LIBS += -lsystemd
INSTALLED_MORE += $(call place,$(wildcard data/catalog/*.catalog),$(prefix)/lib/systemd/catalog,0644) \
	$(call place_as,data/logrotate/secep,$(sysconfdir)/logrotate.d,0644,secep)
