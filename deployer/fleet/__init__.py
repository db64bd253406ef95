"""One command line for many orgs: a child process for each, and one report of them all."""
