"""What is measured: the names and labels of every metric, and how the processes of a worker keep them together."""
