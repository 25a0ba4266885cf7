# SPDX-License-Identifier: GPL-2.0-or-later
.PHONY: endings
endings: all test-programs
	@tests/endings/table.sh $(ROWS)
