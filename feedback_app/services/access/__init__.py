"""How staff come in: passwords, second step, sessions, one-time links, single sign-on."""
