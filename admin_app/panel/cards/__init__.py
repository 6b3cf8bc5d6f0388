"""The home page's cards, declared by resources or pinned by a person; each has its own time limit."""
