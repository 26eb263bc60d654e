"""The compiled body: MuJoCo model, names, tissue laws, contacts."""
