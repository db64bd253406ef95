"""What only the person who runs the practice org may do: turn its clock, read its audit."""
