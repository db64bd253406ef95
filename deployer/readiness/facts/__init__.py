"""What the org says of itself, area by area; each fact is Known, or Unknown with the reason."""
