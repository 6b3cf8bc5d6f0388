"""The home page's cards: what a resource declares and what a person pinned, each counted within a time of its own."""
