"""The quality laboratory: systems, ours and others', scored on pairs of clean and noisy recordings."""
