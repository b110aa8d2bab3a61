"""The program `tutti`, which `python -m tutti` is as well."""

import sys


def main() -> None:
    """Run the command line. `tutti probe`, which Kubernetes runs each few seconds, does without importing it."""
    if sys.argv[1:2] == ["probe"]:
        from tutti.probe import probe  # noqa: PLC0415

        sys.exit(probe(sys.argv[2:]))
    from tutti.cli import main as run_command_line  # noqa: PLC0415

    run_command_line()


if __name__ == "__main__":
    main()
