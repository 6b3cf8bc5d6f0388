"""The inbox: mentions, and news of what a person watches, of what they may still see."""
