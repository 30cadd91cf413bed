-- What the guard asks and does: a service beside the database, with a role of its own that may do nothing else.
SET LOCAL ROLE iduo_owner;

-- Whose sessions may stay.
CREATE FUNCTION api.guarded_people()
RETURNS TABLE (login text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('guard');
    RETURN QUERY SELECT s.login FROM iduo.staff s WHERE s.active;
END $$;

-- Whether anything changed since the last look: then the workstations are woken.
CREATE FUNCTION api.guard_look(p_since text DEFAULT NULL)
RETURNS TABLE (cursor text, changed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_since pg_snapshot;
    v_now pg_snapshot;
BEGIN
    PERFORM iduo.require('guard');
    v_since := p_since::pg_snapshot;
    v_now := pg_current_snapshot();
    RETURN QUERY SELECT v_now::text, v_since IS NOT NULL AND EXISTS (
        SELECT FROM iduo.change c WHERE c.xid >= pg_snapshot_xmin(v_since) AND NOT pg_visible_in_snapshot(c.xid, v_since)
          AND pg_visible_in_snapshot(c.xid, v_now));
END $$;

-- The guard is alive. Workstations heed only wake-ups of the session that is named here.
CREATE FUNCTION api.guard_beat(p_started_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('guard');
    INSERT INTO iduo.heartbeat AS h (service, pid, started_at, beat_at) VALUES ('guard', pg_backend_pid(), p_started_at, clock_timestamp())
    ON CONFLICT (service) DO UPDATE SET pid = excluded.pid, started_at = excluded.started_at, beat_at = excluded.beat_at;
    PERFORM iduo.note_who_is_in();
END $$;

-- Takes away what changed longer ago than that. A workstation asks every 2 seconds, so an hour serves one that slept meanwhile; who comes
-- back later is told that everything may be different (api.changes compares his cursor with pruned_xid). What a transaction of before the
-- oldest one still running wrote is seen by every cursor given out from now on, so that nobody else ever has to be told so. A number that
-- this server has not reached came with a restored copy.
CREATE FUNCTION api.guard_prune(p_keep interval, p_limit integer DEFAULT 20000)
RETURNS TABLE (pruned integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_now pg_snapshot := pg_current_snapshot();
BEGIN
    PERFORM iduo.require('guard');
    IF p_keep IS NULL OR p_keep < interval '1 minute' THEN
        PERFORM iduo.refuse('Los cambios se guardan al menos un minuto.');
    END IF;
    RETURN QUERY WITH gone AS (
        DELETE FROM iduo.change c USING (SELECT o.seq FROM iduo.change o ORDER BY o.seq LIMIT greatest(1, least(p_limit, 100000))) oldest
        WHERE c.seq = oldest.seq AND c.at < clock_timestamp() - p_keep AND (c.xid < pg_snapshot_xmin(v_now) OR c.xid >= pg_snapshot_xmax(v_now))
        RETURNING c.xid
    ), noted AS (
        UPDATE iduo.heartbeat h SET pruned_xid = CASE WHEN h.pruned_xid > g.xid AND h.pruned_xid < pg_snapshot_xmin(v_now) THEN h.pruned_xid ELSE g.xid END
        FROM (SELECT max(xid) FILTER (WHERE xid < pg_snapshot_xmin(v_now)) AS xid FROM gone) g
        WHERE h.service = 'guard' AND g.xid IS NOT NULL
    ) SELECT count(*)::integer FROM gone;
END $$;

-- For administrators: since when it runs, and when it was last heard.
CREATE FUNCTION api.guard_state()
RETURNS TABLE (running boolean, started_at timestamptz, beat_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    RETURN QUERY SELECT h.beat_at > clock_timestamp() - interval '20 s', h.started_at, h.beat_at FROM iduo.heartbeat h WHERE h.service = 'guard'
        UNION ALL SELECT false, NULL, NULL WHERE NOT EXISTS (SELECT FROM iduo.heartbeat h WHERE h.service = 'guard');
END $$;
GRANT EXECUTE ON FUNCTION api.guarded_people, api.guard_look, api.guard_beat, api.guard_prune TO iduo_guard;
GRANT EXECUTE ON FUNCTION api.guard_state TO iduo_admin;
RESET ROLE;
