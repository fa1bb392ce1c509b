"""The staircase: what each part of the system adds on one's own recordings, to hear, to see and in numbers."""
