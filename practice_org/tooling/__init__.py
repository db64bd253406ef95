"""The Tooling API: components and the catalogue itself, as rows that SOQL can ask for."""
