-- Instances that start at the same moment, or tidy up at the same hour, take turns: the second finds the day's partition
-- made, or gone, instead of failing over it.
CREATE OR REPLACE FUNCTION market_data.keep_tick_day(day date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = market_data, pg_temp AS $$
DECLARE
    part text := 'ticks_' || to_char(day, 'YYYYMMDD');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('market_data.ticks', 0));
    IF to_regclass('market_data.' || part) IS NULL THEN
        EXECUTE format(
            'CREATE TABLE market_data.%I PARTITION OF market_data.ticks FOR VALUES FROM (%L) TO (%L)',
            part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION market_data.drop_tick_days(day date) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = market_data, pg_temp AS $$
DECLARE
    part text;
    dropped integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('market_data.ticks', 0));
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'market_data.ticks'::regclass AND c.relname ~ '^ticks_[0-9]{8}$'
          AND right(c.relname, 8) < to_char(day, 'YYYYMMDD')
    LOOP
        EXECUTE format('DROP TABLE market_data.%I', part);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM market_data.ticks_other WHERE received_at < day::timestamp AT TIME ZONE 'UTC';
    RETURN dropped;
END $$;
