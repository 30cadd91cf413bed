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
    PERFORM iduo.note_great_readers();
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

-- What is due also when nobody looks: cases left untouched go back to their lists, routes that no coordinator acknowledged in time are marked, so
-- that the screens of all who may acknowledge them ask again. A few at a time, and nothing that somebody holds right now.
CREATE FUNCTION api.guard_care()
RETURNS TABLE (returned integer, escalated integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_late timestamptz;
BEGIN
    PERFORM iduo.require('guard');
    returned := iduo.return_untouched(NULL);
    v_late := clock_timestamp() - make_interval(mins => iduo.setting('route_minutes')::integer);
    UPDATE iduo.route_activation r SET escalated_at = clock_timestamp()
    FROM (SELECT a.id FROM iduo.route_activation a WHERE a.acknowledged_at IS NULL AND a.escalated_at IS NULL AND a.activated_at < v_late
          ORDER BY a.activated_at, a.id LIMIT 50 FOR NO KEY UPDATE SKIP LOCKED) late
    WHERE r.id = late.id;
    GET DIAGNOSTICS escalated = ROW_COUNT;
    PERFORM iduo.note_guard('returned', '', returned);
    PERFORM iduo.note_guard('escalated', '', escalated);
    RETURN NEXT;
END $$;

-- Seals of the audit log what is not sealed yet; nothing comes back when there was nothing to do.
CREATE FUNCTION api.guard_seal(p_limit integer DEFAULT 500)
RETURNS TABLE (seal bigint, entries integer, hash text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('guard');
    RETURN QUERY SELECT s.seal, s.entries, encode(s.hash, 'hex') FROM audit.seal_entries(p_limit) s WHERE s.seal IS NOT NULL;
END $$;

-- That a session was ended, and why: counted by the hour, so that who comes back at once does not fill the disk.
CREATE FUNCTION api.guard_note(p_kind text, p_login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('guard');
    PERFORM iduo.note_guard(p_kind, p_login, 1);
END $$;

CREATE OR REPLACE FUNCTION iduo.note_guard(p_kind text, p_login text, p_count integer) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF p_count > 0 THEN
        INSERT INTO iduo.guard_event AS g (hour, kind, login, count) VALUES (date_trunc('hour', clock_timestamp(), 'UTC'), p_kind, p_login, p_count)
        ON CONFLICT (hour, kind, login) DO UPDATE SET count = g.count + excluded.count, last_at = clock_timestamp();
        DELETE FROM iduo.guard_event g WHERE g.hour < clock_timestamp() - interval '30 days';
    END IF;
END $$;

-- For administrators: what it did in the last hours, the newest first.
CREATE FUNCTION api.guard_events(p_hours integer DEFAULT 24)
RETURNS TABLE (kind text, login text, full_name text, count integer, last_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    RETURN QUERY SELECT g.kind, g.login, coalesce(iduo.name_of(g.login), g.login), sum(g.count)::integer, max(g.last_at) FROM iduo.guard_event g
        WHERE g.last_at > clock_timestamp() - make_interval(hours => greatest(1, least(coalesce(p_hours, 24), 720)))
        GROUP BY g.kind, g.login ORDER BY max(g.last_at) DESC LIMIT 100;
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
GRANT EXECUTE ON FUNCTION api.guarded_people, api.guard_look, api.guard_beat, api.guard_prune, api.guard_care, api.guard_seal, api.guard_note TO iduo_guard;
GRANT EXECUTE ON FUNCTION api.guard_state, api.guard_events TO iduo_admin;
RESET ROLE;
