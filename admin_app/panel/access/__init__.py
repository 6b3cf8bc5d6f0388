"""Who may do what with a resource: one object answers every question."""
