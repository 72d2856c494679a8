"""What an operator's machines ask of the house: is it alive, is it ready, how does it fare."""
