"""What was accepted, tried, confirmed and refused: the sync's only memory."""
