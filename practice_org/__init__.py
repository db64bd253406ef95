"""A Salesforce org on loopback, for trying, testing and measuring."""
