"""What a new practice org holds: people, rights, fields, layouts, pages, logins."""
