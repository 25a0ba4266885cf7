# SPDX-License-Identifier: GPL-2.0-or-later
.PHONY: modes
modes: all test-programs
	@tests/modes/table.sh $(ROWS)
