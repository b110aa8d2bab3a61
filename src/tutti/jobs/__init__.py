"""The durable job: tables, migrations, and all SQL: submitting, leases with fencing tokens, events, reading."""
