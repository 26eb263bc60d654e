"""What is written for others: the body for MuJoCo (MJCF) and OpenSim (.osim), the what-if page for a browser."""
