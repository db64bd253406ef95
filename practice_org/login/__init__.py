"""Who is calling: apps, sessions, OAuth and SOAP logins."""
