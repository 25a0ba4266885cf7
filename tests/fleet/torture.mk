# SPDX-License-Identifier: GPL-2.0-or-later
# The fleet at length: the newest ansible-core, 20 hosts over ssh, hosts that fail in the middle, 1,000 hosts.
.PHONY: torture torture-fleet
torture: torture-fleet
torture-fleet: all test-programs standin
	@tests/deps.sh test fleet
	@SECEP_ANSIBLE_SUITE=sid SECEP_TEST_MOUNTS=private unshare -m --propagation private bats tests/bats/95-ansible.bats
	@SECEP_HOSTS=20 BATS_TEST_TIMEOUT=3600 SECEP_TEST_MOUNTS=private unshare -m --propagation private bats tests/bats/97-fleet.bats
	@SECEP_TEST_MOUNTS=private unshare -m --propagation private bats tests/fleet/failures.bats
	@unshare -m --propagation private tests/fleet/scale.sh

# docs/fleet-light.png and fleet-dark.png, of made-up hosts.
.PHONY: pictures-fleet
pictures-fleet:
	@tests/deps.sh fleet
	@SECEP_PICTURES=$(CURDIR)/docs bats tests/bats/96-report-page.bats
