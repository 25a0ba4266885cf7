# SPDX-License-Identifier: GPL-2.0-or-later
# What takes hours, each part with one command, as root; `make -k torture` goes on after a part that failed. Others of
# it stand where they belong: differential, fleet, mutants, oracle. What building needs is installed first.
.PHONY: torture torture-races torture-kills torture-errors torture-latch torture-packages torture-together
torture: torture-races torture-kills torture-errors torture-latch torture-packages torture-together

# RACES=10000 rounds of each.
torture-races:
	@tests/deps.sh build test && $(MAKE) -s all $(BUILD)/tests/test_races
	@SECEP_RACES=$(or $(RACES),10000) $(BUILD)/tests/test_races

# Every turn of 5, 11 and 19; of what runs inside apt, dnf, zypper, dpkg and libsemanage POINTS=50 turns.
torture-kills:
	@tests/deps.sh build test && $(MAKE) -s all test-programs standin
	@SECEP_KILL_STRIDE=1 SECEP_POINTS=$(or $(POINTS),50) SECEP_UNDO_POINTS=$(or $(POINTS),20) tests/torture/run.sh -f 'kill' \
		tests/bats/62-kill.bats tests/bats/63-kmod-kill.bats $(addprefix tests/torture/,kill-undo.bats restarts.bats apt.bats rpm.bats kernel-change.bats kmod.bats)

torture-errors:
	@tests/deps.sh build test && $(MAKE) -s all test-programs standin
	@SECEP_ERROR_STRIDE=$(or $(STRIDE),1) tests/torture/run.sh -f 'calls? fails?' tests/bats/68-errors.bats \
		$(addprefix tests/torture/,apt.bats kmod.bats errors-installer.bats errors-selinux.bats)

# LATCH=1000 random sequences of tests/bats/82-monitor-latch.bats.
torture-latch:
	@tests/deps.sh build test && $(MAKE) -s all test-programs standin
	@SECEP_LATCH=$(or $(LATCH),1000) tests/torture/run.sh tests/bats/82-monitor-latch.bats

# Every transaction of a package killed at POINTS=20 points.
torture-packages:
	@tests/deps.sh build test package && $(MAKE) -s all test-programs standin
	@tests/torture/run.sh $(sort $(wildcard tests/torture/package-*.bats))
	@SECEP_CUT_OFF="dnf -qy install" tests/torture/run.sh tests/bats/77-rpm-cut-off.bats

# Repairs, monitor, apt, semodule and who breaks things, MINUTES=10 of it.
torture-together:
	@tests/deps.sh build test && $(MAKE) -s all test-programs standin
	@SECEP_TOGETHER=$(or $(MINUTES),10) LIMIT=7200 tests/torture/run.sh tests/torture/together.bats
