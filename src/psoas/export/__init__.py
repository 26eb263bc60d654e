"""The body written for other programs: MuJoCo (MJCF) and OpenSim (.osim)."""
