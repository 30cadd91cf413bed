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

-- What was recorded stays, but for one thing: the person may be taken out of it. Whoever changes a row, its owner and the superuser too,
-- can only make of it what audit.blanked makes.
CREATE OR REPLACE FUNCTION audit.never() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) = (CASE TG_TABLE_NAME WHEN 'entry' THEN to_jsonb(OLD) || jsonb_build_object(
                'before', audit.blanked(to_jsonb(OLD) ->> 'table_name', nullif(to_jsonb(OLD) -> 'before', 'null')),
                'after', audit.blanked(to_jsonb(OLD) ->> 'table_name', nullif(to_jsonb(OLD) -> 'after', 'null')))
            ELSE audit.blanked(TG_TABLE_NAME, to_jsonb(OLD)) END) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was recorded in % stays as it is', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
GRANT USAGE ON SCHEMA audit TO iduo_owner;
GRANT SELECT ON audit.entry TO iduo_owner;
GRANT EXECUTE ON FUNCTION audit.record(), audit.never() TO iduo_owner;

-- What no row shows: rights that belong to the server. Called by the functions that change them.
CREATE OR REPLACE FUNCTION audit.note(p_table text, p_row_key text, p_before jsonb, p_after jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF p_before IS DISTINCT FROM p_after THEN
        INSERT INTO audit.entry (actor, table_name, row_key, operation, before, after)
        VALUES (session_user, p_table, p_row_key, 'UPDATE', p_before, p_after);
    END IF;
END $$;
GRANT USAGE ON SCHEMA audit TO iduo_useradmin;
GRANT EXECUTE ON FUNCTION audit.note TO iduo_owner, iduo_useradmin;
RESET ROLE;
