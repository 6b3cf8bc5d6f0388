"""The inbox: mentions, and news about what a person watches and may still see."""
