-- The agenda: what is due, for whom, and what reminds now. Escalations are computed when they are read, so they happen without any service.
SET LOCAL ROLE iduo_owner;

-- From when on what another person had to do is everybody's.
CREATE OR REPLACE FUNCTION iduo.overdue_before() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT clock_timestamp() - make_interval(mins => iduo.setting('overdue_minutes')::integer)
$$;

CREATE OR REPLACE FUNCTION iduo.midnight() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT iduo.today()::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires' $$;

-- Where a tab begins and ends; the routes have one of their own.
CREATE OR REPLACE FUNCTION iduo.tab_window(p_tab text, OUT first timestamptz, OUT last timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    first := CASE p_tab WHEN 'overdue' THEN '1900-01-01 UTC'::timestamptz ELSE iduo.midnight() END;
    last := CASE p_tab WHEN 'overdue' THEN clock_timestamp() WHEN 'today' THEN first + interval '1 day' WHEN 'week' THEN first + interval '7 days' END;
    IF last IS NULL THEN
        PERFORM iduo.refuse('Esa parte de la agenda no existe.');
    END IF;
END $$;

-- Planned calls (1), cases that are due (2) and tasks (3) by time, from after a position on: one's own, whoever is in's, and what others left.
-- Each desk asks after each change, and planning seven scans costs ten times what they do: the server decides when it keeps a plan.
CREATE OR REPLACE FUNCTION iduo.agenda_keys(p_from timestamptz, p_to timestamptz, p_after jsonb, p_limit integer)
RETURNS TABLE (rank integer, id bigint, due_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_me text := session_user;  -- as text: compared with a name no index would serve
    v_at timestamptz := coalesce((p_after ->> 0)::timestamptz, p_from);
    v_ids bigint[] := iduo.after_ids(p_after);
    v_late timestamptz := iduo.overdue_before();
BEGIN
    IF NOT iduo.may('operator') AND NOT iduo.may('coordinator') THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT u.* FROM (
        (SELECT 1 AS rank, c.id, c.starts_at AS due_at FROM iduo.call c WHERE c.state = 'planned' AND c.assignee = v_me
            AND (c.starts_at, c.id) > (v_at, v_ids[1]) AND c.starts_at < p_to ORDER BY c.starts_at, c.id LIMIT p_limit)
        UNION ALL
        (SELECT 1, c.id, c.starts_at FROM iduo.call c WHERE c.state = 'planned' AND c.assignee IS NULL
            AND (c.starts_at, c.id) > (v_at, v_ids[1]) AND c.starts_at < p_to ORDER BY c.starts_at, c.id LIMIT p_limit)
        UNION ALL
        (SELECT 1, c.id, c.starts_at FROM iduo.call c WHERE c.state = 'planned' AND c.assignee <> v_me AND c.late_key < v_late
            AND (c.starts_at, c.id) > (v_at, v_ids[1]) AND c.starts_at < least(p_to, v_late) ORDER BY c.starts_at, c.id LIMIT p_limit)
        UNION ALL
        (SELECT 2, c.id, c.next_action_at FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = v_me
            AND (c.next_action_at, c.id) > (v_at, v_ids[2]) AND c.next_action_at < p_to ORDER BY c.next_action_at, c.id LIMIT p_limit)
        UNION ALL
        (SELECT 3, t.id, t.due_at FROM iduo.task t WHERE t.state = 'open' AND t.assignee = v_me
            AND (t.due_at, t.id) > (v_at, v_ids[3]) AND t.due_at < p_to ORDER BY t.due_at, t.id LIMIT p_limit)
        UNION ALL
        (SELECT 3, t.id, t.due_at FROM iduo.task t WHERE t.state = 'open' AND t.assignee IS NULL
            AND (t.due_at, t.id) > (v_at, v_ids[3]) AND t.due_at < p_to ORDER BY t.due_at, t.id LIMIT p_limit)
        UNION ALL
        (SELECT 3, t.id, t.due_at FROM iduo.task t WHERE t.state = 'open' AND t.assignee <> v_me AND t.late_key < v_late
            AND (t.due_at, t.id) > (v_at, v_ids[3]) AND t.due_at < least(p_to, v_late) ORDER BY t.due_at, t.id LIMIT p_limit)
    ) u ORDER BY u.due_at, u.rank, u.id LIMIT p_limit;
END $$;

-- The same of everybody; free cases stand in their lists.
CREATE OR REPLACE FUNCTION iduo.everybodys_keys(p_from timestamptz, p_to timestamptz, p_after jsonb, p_limit integer)
RETURNS TABLE (rank integer, id bigint, due_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    v_at timestamptz := coalesce((p_after ->> 0)::timestamptz, p_from);
    v_ids bigint[] := iduo.after_ids(p_after);
BEGIN
    RETURN QUERY SELECT u.* FROM (
        (SELECT 1 AS rank, c.id, c.starts_at AS due_at FROM iduo.call c WHERE c.state = 'planned'
            AND (c.starts_at, c.id) > (v_at, v_ids[1]) AND c.starts_at < p_to ORDER BY c.starts_at, c.id LIMIT p_limit)
        UNION ALL
        (SELECT 2, c.id, c.next_action_at FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to IS NOT NULL
            AND (c.next_action_at, c.id) > (v_at, v_ids[2]) AND c.next_action_at < p_to ORDER BY c.next_action_at, c.id LIMIT p_limit)
        UNION ALL
        (SELECT 3, t.id, t.due_at FROM iduo.task t WHERE t.state = 'open'
            AND (t.due_at, t.id) > (v_at, v_ids[3]) AND t.due_at < p_to ORDER BY t.due_at, t.id LIMIT p_limit)
    ) u ORDER BY u.due_at, u.rank, u.id LIMIT p_limit;
END $$;

-- After which id each kind goes on at the very moment of a position: [moment, rank, id].
CREATE OR REPLACE FUNCTION iduo.after_ids(p_after jsonb) RETURNS bigint[]
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT array_agg(CASE WHEN r > coalesce((p_after ->> 1)::integer, 0) THEN -1 WHEN r = (p_after ->> 1)::integer THEN (p_after ->> 2)::bigint
                          ELSE 9223372036854775807 END ORDER BY r) FROM generate_series(1, 3) r
$$;

-- What reminds now: one's own and whoever is in's by their hour, own cases that are due, and at last what others left (`others`).
CREATE OR REPLACE FUNCTION iduo.ringing_keys(p_limit integer) RETURNS TABLE (rank integer, id bigint, others boolean, rings_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_me text := session_user;  -- as text: compared with a name no index would serve
    v_now timestamptz := clock_timestamp();
    v_late timestamptz := iduo.overdue_before();
BEGIN
    -- nothing rings in a pause: what is for whoever is in rings at the others', and what is his goes to them when it is late
    IF NOT iduo.may('operator') AND NOT iduo.may('coordinator') OR iduo.paused() THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT u.* FROM (
        (SELECT 1 AS rank, c.id, false AS others, c.rings_at FROM iduo.call c
            WHERE c.state = 'planned' AND c.assignee = v_me AND c.rings_at <= v_now ORDER BY c.rings_at, c.id LIMIT p_limit)
        UNION ALL
        (SELECT 1, c.id, false, c.rings_at FROM iduo.call c
            WHERE c.state = 'planned' AND c.assignee IS NULL AND c.rings_at <= v_now ORDER BY c.rings_at, c.id LIMIT p_limit)
        UNION ALL
        (SELECT 1, c.id, true, c.late_key FROM iduo.call c
            WHERE c.state = 'planned' AND c.late_key < v_late AND c.assignee <> v_me ORDER BY c.late_key, c.id LIMIT p_limit)
        UNION ALL
        (SELECT 2, d.id, false, d.rings_at FROM iduo.due_cases(v_now) d)
        UNION ALL
        (SELECT 3, t.id, false, t.rings_at FROM iduo.task t
            WHERE t.state = 'open' AND t.assignee = v_me AND t.rings_at <= v_now ORDER BY t.rings_at, t.id LIMIT p_limit)
        UNION ALL
        (SELECT 3, t.id, false, t.rings_at FROM iduo.task t
            WHERE t.state = 'open' AND t.assignee IS NULL AND t.rings_at <= v_now ORDER BY t.rings_at, t.id LIMIT p_limit)
        UNION ALL
        (SELECT 3, t.id, true, t.late_key FROM iduo.task t
            WHERE t.state = 'open' AND t.late_key < v_late AND t.assignee <> v_me ORDER BY t.late_key, t.id LIMIT p_limit)
    ) u ORDER BY u.others, u.rings_at, u.rank, u.id LIMIT p_limit;
END $$;

-- One's own cases whose callback reminds before a moment, or (NULL) at all; one that was put off rests.
CREATE OR REPLACE FUNCTION iduo.due_cases(p_before timestamptz) RETURNS TABLE (id bigint, rings_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_me text := session_user;  -- as text: compared with a name no index would serve
BEGIN
    RETURN QUERY SELECT c.id, x.rings_at FROM iduo.case c LEFT JOIN iduo.callback_rest r ON r.case_id = c.id AND r.due_at = c.next_action_at,
        LATERAL (SELECT greatest(c.next_action_at, r.until) AS rings_at) x
    WHERE c.state = 'open' AND c.assigned_to = v_me AND c.next_action_at IS NOT NULL AND (p_before IS NULL OR x.rings_at <= p_before)
    ORDER BY x.rings_at, c.id LIMIT 500;
END $$;

-- When something reminds next: one's own, whoever is in's, what others leave, and routes that become late.
CREATE OR REPLACE FUNCTION iduo.next_ring() RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_me text := session_user;  -- as text: compared with a name no index would serve
    v_now timestamptz := clock_timestamp();
    v_late timestamptz := iduo.overdue_before();
    v_route interval := make_interval(mins => iduo.setting('route_minutes')::integer);
    v_works boolean := (iduo.may('operator') OR iduo.may('coordinator')) AND NOT iduo.paused();
BEGIN
    RETURN (SELECT min(u.at) FROM (
        (SELECT c.rings_at AS at FROM iduo.call c WHERE v_works AND c.state = 'planned' AND c.assignee = v_me AND c.rings_at > v_now
            ORDER BY c.rings_at LIMIT 1)
        UNION ALL
        (SELECT c.rings_at FROM iduo.call c WHERE v_works AND c.state = 'planned' AND c.assignee IS NULL AND c.rings_at > v_now ORDER BY c.rings_at LIMIT 1)
        UNION ALL
        (SELECT c.late_key + (v_now - v_late) FROM iduo.call c WHERE v_works AND c.state = 'planned' AND c.late_key >= v_late AND c.assignee <> v_me
            ORDER BY c.late_key LIMIT 1)
        UNION ALL
        (SELECT t.rings_at FROM iduo.task t WHERE v_works AND t.state = 'open' AND t.assignee = v_me AND t.rings_at > v_now ORDER BY t.rings_at LIMIT 1)
        UNION ALL
        (SELECT t.rings_at FROM iduo.task t WHERE v_works AND t.state = 'open' AND t.assignee IS NULL AND t.rings_at > v_now ORDER BY t.rings_at LIMIT 1)
        UNION ALL
        (SELECT t.late_key + (v_now - v_late) FROM iduo.task t WHERE v_works AND t.state = 'open' AND t.late_key >= v_late AND t.assignee <> v_me
            ORDER BY t.late_key LIMIT 1)
        UNION ALL
        (SELECT d.rings_at FROM iduo.due_cases(NULL) d WHERE v_works AND d.rings_at > v_now ORDER BY d.rings_at LIMIT 1)
        UNION ALL
        (SELECT a.activated_at + v_route FROM iduo.route_activation a WHERE a.acknowledged_at IS NULL AND a.activated_at >= v_now - v_route
            AND (iduo.may('coordinator') OR iduo.may('admin')) ORDER BY a.activated_at LIMIT 1)
    ) u);
END $$;

CREATE FUNCTION api.agenda(p_tab text, p_whose text DEFAULT 'mine', p_after jsonb DEFAULT NULL, p_limit integer DEFAULT 200)
RETURNS TABLE (kind text, id bigint, title text, discreet text, due_at timestamptz, rings_at timestamptz, state text, mine boolean, assignee text,
               assignee_name text, escalated boolean, case_id bigint, contact_id bigint, person text, company_id bigint, phone text, phone_e164 text,
               safe text, note text, moved integer, version integer, "position" text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_limit integer;
    v_first timestamptz;
    v_last timestamptz;
    v_ranks integer[];
    v_ids bigint[];
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    v_limit := greatest(1, least(coalesce(p_limit, 200), 200));
    IF p_whose IS NULL OR p_whose NOT IN ('mine', 'everybody') THEN
        PERFORM iduo.refuse('Elegí la agenda de quién.');
    ELSIF p_whose = 'everybody' AND NOT iduo.may('coordinator') THEN
        RAISE EXCEPTION 'La agenda de todos es para coordinadores.' USING ERRCODE = '42501';
    ELSIF p_after IS NOT NULL AND NOT coalesce(jsonb_typeof(p_after -> 0) = 'string' AND pg_input_is_valid(p_after ->> 0, 'timestamptz')
            AND pg_input_is_valid(p_after ->> 1, 'integer') AND pg_input_is_valid(p_after ->> 2, 'bigint'), false) THEN
        PERFORM iduo.refuse('Esa página ya no se entiende: volvé a abrir la agenda.');
    ELSIF p_tab = 'routes' THEN
        SELECT array_agg(4 ORDER BY k.at, k.id), array_agg(k.id ORDER BY k.at, k.id) INTO v_ranks, v_ids
        FROM (SELECT * FROM iduo.route_keys(true, 200) r WHERE p_after IS NULL OR (r.at, r.id) > ((p_after ->> 0)::timestamptz, (p_after ->> 2)::bigint)
              ORDER BY r.at, r.id LIMIT v_limit) k;
        RETURN QUERY SELECT i.* FROM iduo.agenda_items(v_ranks, v_ids) i;
        PERFORM iduo.count_unsettled_rows(cardinality(v_ids));
        RETURN;
    END IF;
    SELECT w.first, w.last INTO v_first, v_last FROM iduo.tab_window(p_tab) w;
    IF p_whose = 'mine' THEN
        SELECT array_agg(k.rank), array_agg(k.id) INTO v_ranks, v_ids FROM iduo.agenda_keys(v_first, v_last, p_after, v_limit) k;
    ELSE
        SELECT array_agg(k.rank), array_agg(k.id) INTO v_ranks, v_ids FROM iduo.everybodys_keys(v_first, v_last, p_after, v_limit) k;
    END IF;
    RETURN QUERY SELECT i.* FROM iduo.agenda_items(v_ranks, v_ids) i;
    IF p_whose = 'everybody' THEN
        PERFORM iduo.count_rows_read(cardinality(v_ids));
    ELSE
        PERFORM iduo.count_unsettled_rows(cardinality(v_ids));
    END IF;
END $$;

CREATE FUNCTION api.ringing()
RETURNS TABLE (kind text, id bigint, title text, discreet text, due_at timestamptz, rings_at timestamptz, state text, mine boolean, assignee text,
               assignee_name text, escalated boolean, case_id bigint, contact_id bigint, person text, company_id bigint, phone text, phone_e164 text,
               safe text, note text, moved integer, version integer, "position" text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_ranks integer[];
    v_ids bigint[];
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    SELECT array_agg(k.rank), array_agg(k.id) INTO v_ranks, v_ids FROM iduo.ringing_keys(100) k;
    RETURN QUERY SELECT i.* FROM iduo.agenda_items(v_ranks, v_ids) i;
    PERFORM iduo.count_unsettled_rows(cardinality(v_ids));
END $$;

CREATE FUNCTION api.agenda_counts()
RETURNS TABLE (today integer, overdue integer, week integer, routes integer, ringing integer, next_ring timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_midnight timestamptz;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    v_midnight := iduo.midnight();
    RETURN QUERY SELECT
        (SELECT count(*)::integer FROM iduo.agenda_keys(v_midnight, v_midnight + interval '1 day', NULL, 500)),
        (SELECT count(*)::integer FROM iduo.agenda_keys('1900-01-01 UTC', clock_timestamp(), NULL, 500)),
        (SELECT count(*)::integer FROM iduo.agenda_keys(v_midnight, v_midnight + interval '7 days', NULL, 500)),
        (SELECT count(*)::integer FROM iduo.route_keys(true, 200)),
        (SELECT count(*)::integer FROM iduo.ringing_keys(100)),
        iduo.next_ring();
END $$;

GRANT EXECUTE ON FUNCTION api.agenda, api.ringing, api.agenda_counts TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
