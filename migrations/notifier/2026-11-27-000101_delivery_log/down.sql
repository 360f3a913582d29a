DROP INDEX notifier.deliveries_log;
