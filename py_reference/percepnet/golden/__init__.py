"""Golden vectors: painted inputs, the cases made of them, and the files they are kept in."""
