"""The sync's own readiness checks: facts first, then one question each; nothing is changed.

`gathering` has the facts of one org's desk, `catalogue.CHECKS` lists the checks and `asking.ask`
answers them, so that another report can load the three by name.
"""
