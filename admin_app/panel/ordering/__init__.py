"""The page that orders records by position."""
