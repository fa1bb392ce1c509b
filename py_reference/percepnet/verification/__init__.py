"""`percepnet verify`: every implementation against the reference, bit by bit."""
