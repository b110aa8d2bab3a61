"""Running a job: the runner that is the same everywhere, the solver process, and the ways to start it."""
