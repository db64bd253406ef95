"""The sales-engagement side: who unsubscribed, and which Salesforce records they are.

`protocol.People` is what the sync asks; `opening.open_people` opens the store of one org, and
`conformance.PeopleConformance` is the suite an adapter of one's own has to pass.
"""
