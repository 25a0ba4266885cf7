# SPDX-License-Identifier: GPL-2.0-or-later
# The shipped table is embedded.
$(BUILD)/obj/kernels/compat.o: data/kernel-compat.conf
