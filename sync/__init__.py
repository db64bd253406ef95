"""The sync runner's room; this release ships the deployer only."""
