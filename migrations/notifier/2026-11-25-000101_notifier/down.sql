DROP TABLE notifier.delivery_attempts;
DROP TABLE notifier.deliveries;
DROP TABLE notifier.notifications;
DROP TABLE notifier.preferences;
DROP TABLE notifier.contacts;
