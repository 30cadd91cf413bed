-- What changed since the last look.
SET LOCAL ROLE iduo_owner;

-- The first call (p_since NULL) gives only a cursor. The cursor is a snapshot: ids alone would skip rows that commit late.
-- `waker` is the session of the guard, whose wake-ups are heeded; anybody can send one.
CREATE FUNCTION api.changes(p_since text DEFAULT NULL)
RETURNS TABLE (cursor text, table_name text, id bigint, waker integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_since pg_snapshot;
    v_now pg_snapshot;
    v_guard iduo.heartbeat;
BEGIN
    PERFORM iduo.require('newcomer');
    IF NOT pg_input_is_valid(p_since, 'pg_snapshot') THEN
        PERFORM iduo.refuse('Ese punto de partida no se entiende.');
    END IF;
    v_since := p_since::pg_snapshot;
    v_now := pg_current_snapshot();
    SELECT * INTO v_guard FROM iduo.heartbeat h WHERE h.service = 'guard';
    RETURN QUERY SELECT v_now::text, NULL::text, NULL::bigint, v_guard.pid;
    IF pg_snapshot_xmax(v_since) > pg_snapshot_xmax(v_now) 
        OR pg_snapshot_xmin(v_since) <= v_guard.pruned_xid AND v_guard.pruned_xid < pg_snapshot_xmin(v_now) THEN
        -- the cursor is of a time that this server has not seen (a copy was restored), or so old that what followed was taken away:
        -- everything may be different
        RETURN QUERY SELECT v_now::text, c.relname::text, NULL::bigint, v_guard.pid FROM pg_catalog.pg_class c
            WHERE c.relnamespace = 'iduo'::regnamespace AND c.relkind = 'r';
    ELSIF v_since IS NOT NULL THEN
        -- more than 200 rows of one table are said as one "many"
        RETURN QUERY SELECT DISTINCT v_now::text, d.table_name, CASE WHEN count(*) OVER (PARTITION BY d.table_name) <= 200 THEN d.id END, v_guard.pid
            FROM (SELECT DISTINCT c.table_name, c.id FROM iduo.change c
                  WHERE c.xid >= pg_snapshot_xmin(v_since) AND NOT pg_visible_in_snapshot(c.xid, v_since)
                    AND pg_visible_in_snapshot(c.xid, v_now)) d;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION api.changes TO iduo_user;
RESET ROLE;
