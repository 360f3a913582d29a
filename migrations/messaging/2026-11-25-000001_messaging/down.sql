DROP TABLE log_positions, leases, dead_letters, attempts, inbox_positions, inbox, sequences, outbox;
