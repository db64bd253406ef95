"""Questions about facts, by area; pure, so that one fact always gives one answer."""
