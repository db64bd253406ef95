"""All that talks to an org: the one import of simple_salesforce, and nothing else may."""
