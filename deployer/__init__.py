"""Plan, render, validate, deploy, restore: everything that puts the opt-out field on a page."""
