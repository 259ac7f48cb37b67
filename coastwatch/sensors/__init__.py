"""What the sensors themselves are worth: biases, health, coverage."""
