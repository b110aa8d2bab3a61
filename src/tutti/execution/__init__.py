"""Running a job: the same runner wherever it runs, and the solver process."""
