"""What readers say of a brief, a claim, a point or an event; nothing is ever deleted, and what moderators do is logged."""
