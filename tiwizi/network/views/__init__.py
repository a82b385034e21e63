"""Pages of the network: who sits and acts in a body, roles, invitations."""
