"""How fast it is: the chain and its parts beside other ways to the same numbers, measured in one run."""
