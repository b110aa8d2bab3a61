"""What only makes sense on Kubernetes: which pods go first when there are too many."""
