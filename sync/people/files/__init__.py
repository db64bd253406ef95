"""People whom another system exports as files, and the files that tell that system of changes.

The input is the only truth. What is handed over is open until the input shows it: the ledger keeps
that list, so that a second night hands nothing over again; the files of changes are only written,
and read back for the persons whom nobody knew before.
"""
