"""Model and data to scores under a named protocol, to a report. Baselines and the floor of the data stand beside."""
