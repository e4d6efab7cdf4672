"""Comments of readers on briefs, claims, points and events. None is deleted; moderation is logged."""
