"""The command `percepnet`: one module per verb, and what the verbs share."""
