"""Training of PercepNet models: mixtures, features by the C core, the torch network, evaluation."""
