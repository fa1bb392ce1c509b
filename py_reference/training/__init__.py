"""Training of PercepNet models: mixtures, features from the C core, the torch network, export and evaluation."""
