"""The sync's own readiness checks: facts first, then one question each; nothing is changed.

`catalogue.CHECKS` lists them and `asking.ask` answers them from facts, so that another report
can load both by name.
"""
