"""The durable job: tables, migrations, repository, states and leases."""
