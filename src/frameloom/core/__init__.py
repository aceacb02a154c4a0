"""Settings, errors, whole files and progress: what every room needs and nothing about video."""
