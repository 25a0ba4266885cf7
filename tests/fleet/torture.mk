# SPDX-License-Identifier: GPL-2.0-or-later
# The fleet at length: 1,000 hosts.
.PHONY: torture torture-fleet
torture: torture-fleet
torture-fleet: all test-programs standin
	@tests/deps.sh test fleet
	@unshare -m --propagation private tests/fleet/scale.sh

# docs/fleet-light.png and fleet-dark.png, of made-up hosts.
.PHONY: pictures-fleet
pictures-fleet:
	@tests/deps.sh fleet
	@SECEP_PICTURES=$(CURDIR)/docs bats tests/bats/96-report-page.bats
