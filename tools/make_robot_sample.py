"""Make the few robot episodes that come with the package: chosen ones of the test split of `data make robot-push`.

python tools/make_robot_sample.py

They are our simulator's (seed 2, as in test/ of `frameloom data make robot-push --seed 0`), seen by camera aux1; in all
of them things are pushed well into another place.
"""

from frameloom.data.robot_push.records import write_records
from frameloom.data.robot_push.simulator import Simulator
from frameloom.data.robot_push.source import SAMPLE

TEST_SEED = 2
CHOSEN = (3, 25, 133, 107, 15, 57)


def main() -> None:
    """Write the file."""
    with Simulator(seed=TEST_SEED, cameras=("aux1",), labels=True) as simulator:
        SAMPLE.mkdir(exist_ok=True)
        write_records(SAMPLE / "pushes.tfrecords.gz", [simulator.episode(number) for number in CHOSEN])


if __name__ == "__main__":
    main()
