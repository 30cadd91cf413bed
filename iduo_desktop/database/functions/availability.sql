-- Who is in, and who pauses: in a pause nothing rings. It ends when he says so, when he leaves, or when a coordinator ends it.
SET LOCAL ROLE iduo_useradmin;

-- Who has a window open now, since when, and how many connections.
CREATE OR REPLACE FUNCTION iduo.here() RETURNS TABLE (login text, since timestamptz, connections integer)
LANGUAGE sql STABLE ROWS 50 SECURITY DEFINER SET search_path = '' AS $$
    SELECT s.login, min(a.backend_start), count(*)::integer FROM pg_catalog.pg_stat_activity a
    JOIN iduo.staff s ON s.login = a.usename::text AND NOT s.service WHERE a.datname = current_database() GROUP BY s.login
$$;
GRANT EXECUTE ON FUNCTION iduo.here TO iduo_owner;
RESET ROLE;
SET LOCAL ROLE iduo_owner;

CREATE OR REPLACE FUNCTION iduo.paused() RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT EXISTS (SELECT FROM iduo.pause p WHERE p.login = session_user::text AND p.ended_at IS NULL)
$$;

-- A route does not ring in a pause as long as another coordinator is there for it.
CREATE OR REPLACE FUNCTION iduo.quiet_for_routes() RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    RETURN iduo.paused() AND EXISTS (
        SELECT FROM iduo.here() h WHERE h.login <> session_user AND 'coordinator' = ANY (iduo.roles_of(h.login))
            AND NOT EXISTS (SELECT FROM iduo.pause p WHERE p.login = h.login AND p.ended_at IS NULL));
END $$;

-- A session begins: he is in today; a pause in which he left without a word is over, unless another window of his is still open.
CREATE OR REPLACE FUNCTION iduo.begin_day() RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    INSERT INTO iduo.attendance (login, day) VALUES (session_user, iduo.today()) ON CONFLICT DO NOTHING;
    UPDATE iduo.pause p SET ended_at = greatest(p.started_at, coalesce(p.away_since, clock_timestamp())) WHERE p.login = session_user::text
        AND p.ended_at IS NULL AND NOT EXISTS (SELECT FROM iduo.here() h WHERE h.login = session_user AND h.connections > 1);
END $$;

-- What the guard notes with every beat: who is in, and whose pause ended because he left. A line that breaks for a moment ends none.
CREATE OR REPLACE FUNCTION iduo.note_who_is_in() RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_here text[] := ARRAY(SELECT h.login FROM iduo.here() h);
    v_now timestamptz := clock_timestamp();
BEGIN
    INSERT INTO iduo.attendance (login, day) SELECT h, iduo.today() FROM unnest(v_here) h
        WHERE NOT EXISTS (SELECT FROM iduo.attendance a WHERE a.login = h AND a.day = iduo.today()) ON CONFLICT DO NOTHING;
    UPDATE iduo.pause p SET ended_at = greatest(p.started_at, p.away_since)
        WHERE p.ended_at IS NULL AND p.away_since < v_now - interval '2 minutes' AND p.login <> ALL (v_here);
    UPDATE iduo.pause p SET away_since = CASE WHEN p.login <> ALL (v_here) THEN v_now END
        WHERE p.ended_at IS NULL AND (p.login = ANY (v_here)) = (p.away_since IS NOT NULL);
END $$;

CREATE FUNCTION api.pause_reasons()
RETURNS TABLE (id integer, label text, minutes integer, active boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('user');
    RETURN QUERY SELECT r.id, r.label, r.minutes::integer, r.active FROM iduo.pause_reason r
        WHERE r.active OR iduo.may('admin') ORDER BY NOT r.active, r.position, r.id;
END $$;

CREATE FUNCTION api.save_pause_reason(p_reason integer, p_label text, p_minutes integer, p_active boolean)
RETURNS TABLE (id integer, label text, minutes integer, active boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    p_label := iduo.need('label', p_label, 'Escribí el motivo.', 40);
    IF p_minutes NOT BETWEEN 1 AND 480 THEN
        PERFORM iduo.refuse_field('minutes', 'De 1 a 480 minutos, o vacío si no tiene un tiempo fijo.');
    ELSIF EXISTS (SELECT FROM iduo.pause_reason r WHERE iduo.fold(r.label) = iduo.fold(p_label) AND r.id IS DISTINCT FROM p_reason) THEN
        PERFORM iduo.refuse_field('label', 'Ese motivo ya está.');
    ELSIF p_reason IS NULL THEN
        RETURN QUERY INSERT INTO iduo.pause_reason (label, minutes, position, active)
            VALUES (p_label, p_minutes, (SELECT coalesce(max(r.position), 0) + 1 FROM iduo.pause_reason r), coalesce(p_active, true))
            RETURNING id, label, minutes::integer, active;
    ELSE
        RETURN QUERY UPDATE iduo.pause_reason r SET label = p_label, minutes = p_minutes, active = coalesce(p_active, r.active)
            WHERE r.id = p_reason RETURNING r.id, r.label, r.minutes::integer, r.active;
        IF NOT FOUND THEN
            PERFORM iduo.refuse('Ese motivo no existe.');
        END IF;
    END IF;
END $$;

CREATE FUNCTION api.begin_pause(p_reason integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_reason iduo.pause_reason;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin', 'answerer');
    -- two windows of one person, one after the other
    PERFORM FROM iduo.staff s WHERE s.login = session_user FOR NO KEY UPDATE;
    SELECT * INTO v_reason FROM iduo.pause_reason r WHERE r.id = p_reason AND r.active;
    IF NOT FOUND THEN
        PERFORM iduo.refuse_field('reason', 'Elegí el motivo de la pausa.');
    ELSIF EXISTS (SELECT FROM iduo.pause p WHERE p.login = session_user::text AND p.ended_at IS NULL AND p.reason_id = p_reason) THEN
        RETURN;
    END IF;
    UPDATE iduo.pause p SET ended_at = greatest(p.started_at, clock_timestamp()) WHERE p.login = session_user::text AND p.ended_at IS NULL;
    INSERT INTO iduo.pause (login, reason_id, label, minutes) VALUES (session_user, v_reason.id, v_reason.label, v_reason.minutes);
END $$;

CREATE FUNCTION api.end_pause() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin', 'answerer');
    UPDATE iduo.pause p SET ended_at = greatest(p.started_at, clock_timestamp()) WHERE p.login = session_user::text AND p.ended_at IS NULL;
END $$;

CREATE FUNCTION api.end_pause_of(p_login text, p_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('coordinator');
    p_reason := iduo.need('reason', p_reason, 'Escribí por qué terminás su pausa.', 500);
    UPDATE iduo.pause p SET ended_at = greatest(p.started_at, clock_timestamp()), ended_by = session_user, end_reason = p_reason
        WHERE p.login = p_login AND p.ended_at IS NULL;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ya no está en pausa.');
    END IF;
END $$;

CREATE FUNCTION api.my_pause()
RETURNS TABLE (label text, since timestamptz, minutes integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin', 'answerer');
    RETURN QUERY SELECT p.label, p.started_at, p.minutes::integer FROM iduo.pause p WHERE p.login = session_user::text AND p.ended_at IS NULL;
END $$;

-- When somebody last did something: came in, contacted, called, or came back from a pause.
CREATE OR REPLACE FUNCTION iduo.last_act(p_login text, p_since timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT greatest(p_since, (SELECT max(a.at) FROM iduo.attempt a WHERE a.by = p_login),
                    (SELECT coalesce(c.ended_at, c.finished_at, c.starts_at) FROM iduo.call c WHERE c.by = p_login AND c.starts_at <= clock_timestamp()
                     ORDER BY c.starts_at DESC LIMIT 1),
                    (SELECT p.ended_at FROM iduo.pause p WHERE p.login = p_login ORDER BY p.started_at DESC LIMIT 1))
$$;

-- What somebody is on right now, naming nobody: an open call, a talk, else a case that he has open.
CREATE OR REPLACE FUNCTION iduo.attending(p_login text, OUT doing text, OUT since timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    SELECT 'en llamada', c.starts_at INTO doing, since FROM iduo.call c
    WHERE c.by = p_login AND c.starts_at BETWEEN v_now - interval '4 hours' AND v_now AND c.state = 'held'
        AND c.ended_at IS NULL AND c.finished_at IS NULL ORDER BY c.starts_at DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT CASE k.channel WHEN 'call' THEN 'hablando por teléfono' WHEN 'whatsapp' THEN 'por WhatsApp' WHEN 'email' THEN 'escribiendo un mail'
                              WHEN 'sms' THEN 'escribiendo un SMS' ELSE 'en un chat' END, k.since INTO doing, since
        FROM iduo.talk k WHERE k.login = p_login AND k.until > clock_timestamp();
    END IF;
    IF NOT FOUND THEN
        SELECT 'con un caso abierto' INTO doing FROM iduo.presence v WHERE v.login = p_login AND v.until > clock_timestamp() LIMIT 1;
    END IF;
END $$;

CREATE FUNCTION api.people_in(p_team integer)
RETURNS TABLE (login text, name text, team text, state text, doing text, since timestamptz, open_cases integer, minutes integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_idle timestamptz;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    v_idle := clock_timestamp() - make_interval(mins => iduo.setting('idle_minutes')::integer);
    RETURN QUERY
        SELECT s.login, s.full_name, coalesce(t.name, ''),
               CASE WHEN p.id IS NOT NULL THEN 'pause' WHEN a.doing IS NOT NULL THEN 'attending'
                    WHEN l.at < v_idle AND iduo.roles_of(s.login) && ARRAY['operator', 'coordinator'] THEN 'idle' ELSE 'free' END,
               coalesce(p.label, a.doing, ''), coalesce(p.started_at, a.since, l.at),
               (SELECT count(*)::integer FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = s.login), p.minutes::integer
        FROM iduo.here() h JOIN iduo.staff s ON s.login = h.login AND s.active
        LEFT JOIN iduo.team t ON t.id = s.team_id
        LEFT JOIN iduo.pause p ON p.login = s.login AND p.ended_at IS NULL,
        LATERAL iduo.attending(h.login) a, LATERAL (SELECT iduo.last_act(h.login, h.since) AS at) l
        WHERE p_team IS NULL OR s.team_id = p_team ORDER BY s.full_name, s.login;
END $$;
GRANT EXECUTE ON FUNCTION api.pause_reasons TO iduo_user;
GRANT EXECUTE ON FUNCTION api.save_pause_reason TO iduo_admin;
GRANT EXECUTE ON FUNCTION api.begin_pause, api.end_pause, api.my_pause TO iduo_operator, iduo_coordinator, iduo_admin, iduo_answerer;
GRANT EXECUTE ON FUNCTION api.end_pause_of TO iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.people_in TO iduo_coordinator, iduo_admin;
RESET ROLE;
