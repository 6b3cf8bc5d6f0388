"""The pages that are not a model's: one file each."""
