"""`percepnet bench`: time by implementation, width and stage."""
