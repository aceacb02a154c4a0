"""`python -m frameloom`, for torchrun and for where no script is on the path."""

from frameloom.cli.main import run

if __name__ == "__main__":
    run()
