"""Running notebooks: one report or many."""
