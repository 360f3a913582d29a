-- Whether an entry's postings are balanced is asked at each entry. A connection keeps the plan of what is written in PL/pgSQL;
-- a function in SQL is parsed and planned at every call, which took longer than the rest of the entry.
CREATE OR REPLACE FUNCTION portfolio.is_balanced(postings jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM jsonb_to_recordset(postings) AS posting (asset text, amount numeric)
        GROUP BY asset HAVING sum(amount) <> 0
    );
END
$$;
