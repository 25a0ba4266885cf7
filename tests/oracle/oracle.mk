# SPDX-License-Identifier: GPL-2.0-or-later
# The nine conditions, written a second time from their specification, beside secep-repair: ORACLE=N random roots.
.PHONY: oracle
oracle: all
	@tests/deps.sh test
	@tests/oracle/run.sh $(or $(ORACLE),500) $(SECEP_SEED)
torture: oracle
