"""Everything that the laboratory measures on a clean recording and a system's output."""
