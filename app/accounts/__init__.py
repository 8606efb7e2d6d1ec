"""People, organisations, memberships and roles, sessions, single sign-on."""
