-- The audit log: written by a trigger that belongs to iduo_audit; nobody changes what was written.
SET LOCAL ROLE iduo_audit;

CREATE OR REPLACE FUNCTION audit.record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    v_before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    v_after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
    IF v_before IS DISTINCT FROM v_after THEN
        INSERT INTO audit.entry (actor, table_name, row_key, operation, before, after)
        VALUES (session_user, TG_TABLE_NAME,
                (SELECT string_agg(coalesce(v_after, v_before) ->> k, '/' ORDER BY n) FROM unnest(TG_ARGV) WITH ORDINALITY AS a(k, n)),
                TG_OP, v_before, v_after);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit.never() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    RAISE EXCEPTION 'what was recorded in % stays as it is', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
GRANT USAGE ON SCHEMA audit TO iduo_owner;
GRANT SELECT ON audit.entry TO iduo_owner;
GRANT EXECUTE ON FUNCTION audit.record(), audit.never() TO iduo_owner;
RESET ROLE;
