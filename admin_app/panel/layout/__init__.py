"""The frame of every page: navigation and keys."""
