# SPDX-License-Identifier: GPL-2.0-or-later
# COUNT=40 mutations drawn by SEED; the nine that each fail one scenario are part of make torture.
.PHONY: mutants mutants-nine torture
mutants: coverage
	@tests/mutants/sample.py --count $(or $(COUNT),40) $(if $(SEED),--seed $(SEED))
torture: mutants-nine
mutants-nine: all test-programs
	@tests/mutants/nine.py
