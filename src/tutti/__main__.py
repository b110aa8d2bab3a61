"""The program `tutti`, which `python -m tutti` is as well."""

import signal
import sys


def main() -> None:
    """Run the command line. `tutti probe`, which Kubernetes runs each few seconds, does without importing it."""
    if sys.argv[1:2] == ["probe"]:
        from tutti.probe import probe  # noqa: PLC0415

        sys.exit(probe(sys.argv[2:]))
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:  # nothing is there yet that a Ctrl-C could leave half done, nor anyone to take its exception
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tutti.cli import main as run_command_line  # noqa: PLC0415

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run_command_line()


if __name__ == "__main__":
    main()
