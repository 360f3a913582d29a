DROP TABLE alerts.forgotten_users;
DROP TABLE alerts.changes;
DROP TABLE alerts.partitions;
DROP TABLE alerts.firings;
DROP TABLE alerts.alerts;
DROP TABLE alerts.assets;
