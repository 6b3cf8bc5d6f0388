"""Files that records hold: taken by their forms, and sent back."""
