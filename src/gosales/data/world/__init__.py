"""The synthetic world: a sales log whose true purchase probabilities are known."""
