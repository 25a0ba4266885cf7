# SPDX-License-Identifier: GPL-2.0-or-later
# Line and branch by room; BATS="FILE..." for other files than those with the tag fast.
.PHONY: coverage
coverage:
	@tests/deps.sh build test
	@tests/coverage/coverage.py $(BATS)
