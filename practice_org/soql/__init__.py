"""SOQL: text to values (parse), values to text (spell), values to SQL (compile), rows out (run)."""
