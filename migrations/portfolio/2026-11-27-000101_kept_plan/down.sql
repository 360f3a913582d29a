CREATE OR REPLACE FUNCTION portfolio.is_balanced(postings jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM jsonb_to_recordset(postings) AS posting (asset text, amount numeric)
        GROUP BY asset HAVING sum(amount) <> 0
    )
$$;
