-- The same question in a language that keeps its plan: every entry of the journal is asked it, and planning took longer
-- than the answer.
CREATE OR REPLACE FUNCTION portfolio.is_balanced(postings jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM jsonb_to_recordset(postings) AS posting (asset text, amount numeric)
        GROUP BY asset HAVING sum(amount) <> 0
    );
END
$$;
