"""Facts and a wish make a Plan: asked of an org, of files, or of a snapshot."""
