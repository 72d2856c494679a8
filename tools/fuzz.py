"""The tests with made-up input, with as many examples as there is time for, and other ones each time.

usage: python -m tools.fuzz [--examples 100] [--seed N] [--only WORD]… [pytest arguments]
"""

import argparse
import os
import secrets
import sys

from anxin.config import embedded
from tools import run_tests


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument(
        "--examples", type=int, default=100, help="for each operation at each stage, and each parser"
    )
    parser.add_argument(
        "--seed", type=int, default=secrets.randbelow(1_000_000), help="the same gives the same"
    )
    parser.add_argument(
        "--only", action="append", default=[], help="of operations and pages, those whose address holds this"
    )
    options, rest = parser.parse_known_args()
    print(f"seed {options.seed}, {options.examples} examples each", flush=True)
    os.environ["ANXIN_FUZZ_EXAMPLES"] = str(options.examples)
    os.environ["ANXIN_FUZZ_SEED"] = str(options.seed)
    os.environ["ANXIN_FUZZ_ONLY"] = " ".join(options.only)
    return run_tests.main(rest or ["tests/fuzz", "-q", "-s"])


if __name__ == "__main__":
    try:
        code = main()
    except embedded.DatabaseTrouble as trouble:
        sys.exit(str(trouble))
    sys.exit(code)
