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

-- What an entry says, as one sum: of the whole row, or of what is left of it.
CREATE OR REPLACE FUNCTION audit.digest(e audit.entry, p_before jsonb, p_after jsonb) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT sha256(convert_to(jsonb_build_array(e.id, extract(epoch FROM e.at), e.xid::text, e.actor, e.table_name, e.row_key, e.operation,
                                               p_before::text, p_after::text)::text, 'UTF8'))
$$;

-- Who, when and which row: what stays also when another release takes more of the person out than was known when it was sealed.
CREATE OR REPLACE FUNCTION audit.frame(e audit.entry) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT sha256(convert_to(jsonb_build_array(e.id, extract(epoch FROM e.at), e.xid::text, e.actor, e.table_name, e.row_key, e.operation)::text, 'UTF8'))
$$;

-- Seals what can be seen and is not sealed yet, the oldest first. Numbers of a sequence are committed out of order: what comes late is covered
-- by a later seal, because what is sealed is known by its number and not by a range. `low` only says up to where nothing more can come after this
-- look: whoever had taken a number when the seal before looked has ended by now. A transaction number that this server has not reached came with
-- a copy.
CREATE OR REPLACE FUNCTION audit.seal_entries(p_limit integer, OUT seal bigint, OUT entries integer, OUT hash bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    v_now pg_snapshot;
    v_before audit.seal;
    v_low bigint;
    s audit.seal;
BEGIN
    -- a number of its own, taken after the look, is greater than those of all who may have taken an entry's number before it
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'sealing is a transaction of its own' USING ERRCODE = '25001';
    END IF;
    LOCK TABLE audit.seal IN SHARE ROW EXCLUSIVE MODE;
    v_now := pg_current_snapshot();
    SELECT * INTO v_before FROM audit.seal x ORDER BY x.id DESC LIMIT 1;
    v_low := coalesce(v_before.low, 0);
    s.low := v_low;
    IF pg_snapshot_xmin(v_now) >= v_before.until_xid OR v_before.until_xid > pg_snapshot_xmax(v_now) THEN
        s.low := greatest(s.low, v_before.upto);
    END IF;
    p_limit := greatest(1, least(p_limit, 1000));
    WITH look AS MATERIALIZED (
        SELECT e FROM audit.entry e WHERE e.id > v_low AND e.id NOT IN (SELECT i FROM audit.seal x, unnest(x.ids) i WHERE x.last > v_low)
        ORDER BY e.id LIMIT p_limit
    ), personal AS MATERIALIZED (
        SELECT t.name, audit.columns_to_blank(t.name) AS columns FROM (SELECT DISTINCT (l.e).table_name AS name FROM look l) t
    ) SELECT coalesce(array_agg((l.e).id ORDER BY (l.e).id), '{}'), coalesce(string_agg(audit.digest(l.e, (l.e).before, (l.e).after)
            || audit.digest(l.e, audit.blank(p.columns, (l.e).before), audit.blank(p.columns, (l.e).after)) || audit.frame(l.e),
            ''::bytea ORDER BY (l.e).id), '')
        INTO s.ids, s.digests FROM look l JOIN personal p ON p.name = (l.e).table_name;
    entries := cardinality(s.ids);
    IF entries = 0 AND s.low = v_low THEN
        RETURN;
    END IF;
    s.last := coalesce(s.ids[entries], 0);
    s.upto := CASE WHEN entries = p_limit THEN s.last ELSE greatest(s.last, v_before.upto) END;
    s.id := coalesce(v_before.id, 0) + 1;
    s.at := clock_timestamp();
    s.until_xid := pg_current_xact_id();
    s.rules := (SELECT sha256(convert_to(string_agg(p::text, E'\n' ORDER BY p.name), 'UTF8')) FROM audit.personal() p);
    s.hash := sha256(coalesce(v_before.hash, '') || convert_to(concat_ws('|', s.id, extract(epoch FROM s.at), s.low, s.upto, s.last, s.until_xid,
                                                                        array_to_string(s.ids, ',')), 'UTF8') || s.rules || s.digests);
    PERFORM set_config('synchronous_commit', 'on', true);  -- what the guard notes elsewhere is kept here
    INSERT INTO audit.seal SELECT s.*;
    seal := s.id;
    hash := s.hash;
END $$;
GRANT EXECUTE ON FUNCTION audit.seal_entries TO iduo_owner;
RESET ROLE;
