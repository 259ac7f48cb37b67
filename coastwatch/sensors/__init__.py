"""What the sensors themselves are worth: their biases against AIS, their health, what they cover."""
