-- The board: each figure and plot from one query over an index of the days asked for, days as they are in Buenos Aires.
SET LOCAL ROLE iduo_owner;

-- The moments between which days lie, and who belongs to a team (NULL: everybody).
CREATE OR REPLACE FUNCTION iduo.board_span(p_first date, p_last date, p_team integer, OUT since timestamptz, OUT until timestamptz, OUT people text[])
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    IF p_first IS NULL OR p_last IS NULL OR NOT p_first BETWEEN '2000-01-01' AND '2999-12-30' OR NOT p_last BETWEEN p_first AND '2999-12-30'
        OR p_last - p_first > 366 THEN
        PERFORM iduo.refuse('Elegí un período de hasta un año.');
    END IF;
    since := p_first::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires';
    until := (p_last + 1)::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires';
    people := CASE WHEN p_team IS NOT NULL THEN ARRAY(SELECT s.login FROM iduo.staff s WHERE s.team_id = p_team) END;
END $$;

-- What was answered before this moment waits longer than it should.
CREATE OR REPLACE FUNCTION iduo.late_before() RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    RETURN (SELECT (max(w.day) + 1)::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires' FROM iduo.waiting_days(iduo.today() - 366) w
            WHERE w.days >= iduo.setting('ticket_late_days')::integer);
END $$;

CREATE FUNCTION api.board_figures(p_first date, p_last date, p_team integer)
RETURNS TABLE (calls integer, new_tickets integer, to_communicate integer, to_communicate_late integer, closed_cases integer, not_contacted integer,
               contacts integer, doubtful_messages integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
    v_late timestamptz;
    w record;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    SELECT * INTO w FROM iduo.board_span(p_first, p_last, p_team);
    v_late := iduo.late_before();
    RETURN QUERY SELECT
        k.held + a.called, t.taken, o.waiting, o.late, c.closed, n.never, a.contacts, m.doubtful
    FROM (SELECT count(*)::integer AS held FROM iduo.call x WHERE x.state = 'held' AND x.starts_at >= w.since AND x.starts_at < w.until
              AND (w.people IS NULL OR x.by = ANY (w.people))) k,
         (SELECT count(*)::integer AS contacts, count(*) FILTER (WHERE x.channel = 'call' AND x.direction = 'outbound')::integer AS called
          FROM iduo.attempt x WHERE x.undone_at IS NULL AND x.counted AND x.at >= w.since AND x.at < w.until
              AND (w.people IS NULL OR x.by = ANY (w.people))) a,
         (SELECT count(*)::integer AS taken FROM iduo.ticket x WHERE x.at >= w.since AND x.at < w.until
              AND (w.people IS NULL OR x.created_by = ANY (w.people))) t,
         (SELECT count(*)::integer AS waiting, count(*) FILTER (WHERE x.answered_at < v_late)::integer AS late FROM iduo.ticket x
          WHERE x.state = 'awaiting_communication' AND (w.people IS NULL OR x.created_by = ANY (w.people))) o,
         (SELECT count(*)::integer AS closed FROM iduo.case x WHERE x.state = 'closed' AND x.closed_at >= w.since AND x.closed_at < w.until
              AND (w.people IS NULL OR x.closed_by = ANY (w.people))) c,
         (SELECT count(*)::integer AS never FROM iduo.case x WHERE x.state = 'open' AND x.list IN ('suspended', 'delinquent', 'withdrawn', 'active')
              AND x.work_key = to_timestamp(0) AND (w.people IS NULL OR x.assigned_to = ANY (w.people))) n,
         (SELECT count(*)::integer AS doubtful FROM iduo.message x WHERE x.state = 'doubtful' AND (w.people IS NULL OR x.by = ANY (w.people))) m;
END $$;

-- Chats: those that wait are as of now, whatever the span; of a team those that its people attended.
CREATE FUNCTION api.board_chats(p_first date, p_last date, p_team integer)
RETURNS TABLE (waiting integer, waiting_since timestamptz, answered integer, unanswered integer, first_answer_seconds integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    w record;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    SELECT * INTO w FROM iduo.board_span(p_first, p_last, p_team);
    RETURN QUERY SELECT q.waiting, q.since, d.answered, d.unanswered, d.seconds
    FROM (SELECT count(*)::integer AS waiting, min(c.queued_at) AS since FROM iduo.chat c WHERE c.state = 'waiting') q,
         (SELECT count(*) FILTER (WHERE c.answered_at IS NOT NULL)::integer AS answered,
                 count(*) FILTER (WHERE c.answered_at IS NULL AND c.state = 'ended' AND c.ended_by <> 'message')::integer AS unanswered,
                 extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY c.answered_at - c.at))::integer AS seconds
          FROM iduo.chat c WHERE c.at >= w.since AND c.at < w.until AND c.lines > 0 AND (w.people IS NULL OR c.attended_by = ANY (w.people))) d;
END $$;

CREATE FUNCTION api.board_tickets_by_hour(p_first date, p_last date, p_team integer)
RETURNS TABLE ("group" text, key text, series text, series_key text, value integer, late boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
    w record;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    SELECT * INTO w FROM iduo.board_span(p_first, p_last, p_team);
    RETURN QUERY
        WITH counted AS (
            SELECT extract(hour FROM t.at AT TIME ZONE 'America/Argentina/Buenos_Aires')::integer AS hour, t.channel, count(*)::integer AS n
            FROM iduo.ticket t WHERE t.at >= w.since AND t.at < w.until AND (w.people IS NULL OR t.created_by = ANY (w.people)) GROUP BY 1, 2
        )
        SELECT g.hour::text, g.hour::text, s.label, s.channel, coalesce(c.n, 0), false
        FROM generate_series(0, 23) g(hour) CROSS JOIN (VALUES (1, 'phone', '0800'), (2, 'chat', 'Chat'), (3, 'outbound', 'Llamada saliente')) AS s(n, channel, label)
        LEFT JOIN counted c ON c.hour = g.hour AND c.channel = s.channel ORDER BY g.hour, s.n;
END $$;

-- The level of everybody who was contacted lately, or of these (NULL: all) only; persons by their number below zero. One pass over the window of
-- the scale counts the contacts made with each; what else weighs on one client (calls to a number that he shares) only his own row shows.
CREATE OR REPLACE FUNCTION iduo.levels(p_companies bigint[], p_contacts bigint[]) RETURNS TABLE (party bigint, level integer)
LANGUAGE plpgsql STABLE ROWS 50000 SET search_path = '' SET plan_cache_mode = 'force_custom_plan' SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
    w iduo.contact_policy;
    v_now timestamptz := clock_timestamp();
    v_today date := iduo.today();
    v_week timestamptz := iduo.midnight(v_today - extract(isodow FROM v_today)::integer + 1);
    v_day timestamptz := iduo.midnight(v_today);
    v_since timestamptz;
    v_first timestamptz;
    v_call integer;  -- weights in hundredths: whole numbers are summed quickly
    v_whatsapp integer;
    v_email integer;
    v_sms integer;
    v_chat integer;
BEGIN
    SELECT * INTO w FROM iduo.contact_policy x WHERE x.purpose = iduo.setting('contact_purpose');
    v_since := v_now - make_interval(hours => 24 * w.window_days);
    v_first := least(v_since, v_week - interval '1 microsecond');
    SELECT 100 * w.weight_call, 100 * w.weight_whatsapp, 100 * w.weight_email, 100 * w.weight_sms, 100 * w.weight_chat
    INTO v_call, v_whatsapp, v_email, v_sms, v_chat;
    RETURN QUERY
        WITH summed AS (
            SELECT a.company_id AS party, count(*) FILTER (WHERE a.at >= v_day) AS today, count(*) FILTER (WHERE a.at >= v_week) AS week,
                   sum(CASE WHEN a.at <= v_since THEN 0 WHEN a.channel = 'call' THEN v_call WHEN a.channel = 'whatsapp' THEN v_whatsapp
                            WHEN a.channel = 'email' THEN v_email WHEN a.channel = 'sms' THEN v_sms ELSE v_chat END) AS total
            FROM iduo.attempt a WHERE a.undone_at IS NULL AND a.counted AND a.direction = 'outbound' AND a.at > v_first AND a.company_id IS NOT NULL
              AND (p_companies IS NULL OR a.company_id = ANY (p_companies)) GROUP BY 1
            UNION ALL
            SELECT -a.contact_id, count(*) FILTER (WHERE a.at >= v_day), count(*) FILTER (WHERE a.at >= v_week),
                   sum(CASE WHEN a.at <= v_since THEN 0 WHEN a.channel = 'call' THEN v_call WHEN a.channel = 'whatsapp' THEN v_whatsapp
                            WHEN a.channel = 'email' THEN v_email WHEN a.channel = 'sms' THEN v_sms ELSE v_chat END)
            FROM iduo.attempt a WHERE a.undone_at IS NULL AND a.counted AND a.direction = 'outbound' AND a.at > v_first AND a.contact_id IS NOT NULL
              AND (p_companies IS NULL OR a.contact_id = ANY (p_contacts)) GROUP BY 1
        )
        SELECT s.party, CASE WHEN s.total >= 100 * w.limit_5 OR s.today >= w.daily_limit OR s.week >= w.weekly_limit THEN 5
                             WHEN s.total >= 100 * w.limit_4 THEN 4 WHEN s.total >= 100 * w.limit_3 THEN 3
                             WHEN s.total >= 100 * w.limit_2 THEN 2 WHEN s.total >= 100 * w.limit_1 THEN 1 ELSE 0 END
        FROM summed s;
END $$;

CREATE FUNCTION api.board_contacts_by_level(p_list text)
RETURNS TABLE ("group" text, key text, series text, series_key text, value integer, late boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' SET work_mem = '64MB' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    IF iduo.list_label(p_list) IS NULL THEN
        PERFORM iduo.refuse('Esa lista no existe.');
    END IF;
    RETURN QUERY
        WITH counted AS (
            SELECT coalesce(l.level, 0) AS level, count(*)::integer AS n FROM iduo.case c
            LEFT JOIN iduo.levels(NULL, NULL) l ON l.party = coalesce(c.company_id, -c.contact_id) WHERE c.state = 'open' AND c.list = p_list GROUP BY 1
        )
        SELECT g::text, g::text, '', '', coalesce(c.n, 0), g = 5 FROM generate_series(0, 5) g LEFT JOIN counted c ON c.level = g ORDER BY g;
END $$;

-- By working days, as the lists say; a key is the first and the last day on which they were taken, the first one open to the past.
CREATE FUNCTION api.board_unanswered_by_age()
RETURNS TABLE ("group" text, key text, series text, series_key text, value integer, late boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    v_late integer;
    v_oldest date;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    v_late := iduo.setting('ticket_late_days')::integer;
    v_oldest := iduo.today() - 366;
    RETURN QUERY
        WITH ages AS (
            SELECT d.day, d.days >= v_late AS late, CASE WHEN d.days <= 1 THEN 1 WHEN d.days <= 3 THEN 2 WHEN d.days <= 7 THEN 3 ELSE 4 END AS n
            FROM iduo.waiting_days(v_oldest) d
        ), parts AS (
            SELECT g.n, g.label, coalesce(bool_or(a.late), true) AS late, min(a.day) AS first, max(a.day) AS last
            FROM (VALUES (1, '0–1'), (2, '2–3'), (3, '4–7'), (4, 'más de 7')) AS g(n, label) LEFT JOIN ages a ON a.n = g.n GROUP BY g.n, g.label, a.late
        ), counted AS (
            SELECT t.state, greatest((t.at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date, v_oldest) AS day, count(*)::integer AS n
            FROM iduo.ticket t WHERE t.state IN ('open', 'awaiting_answer') GROUP BY 1, 2
        )
        SELECT p.label, concat(nullif(p.first, v_oldest), '/', p.last), iduo.state_label(s.state), s.state, coalesce(sum(c.n), 0)::integer, p.late
        FROM parts p CROSS JOIN (VALUES (1, 'open'), (2, 'awaiting_answer')) AS s(n, state)
        LEFT JOIN counted c ON c.state = s.state AND c.day BETWEEN p.first AND p.last
        GROUP BY p.n, p.label, p.late, p.first, p.last, s.n, s.state ORDER BY p.n, p.late, s.n;
END $$;

CREATE FUNCTION api.board_promises(p_first date, p_last date, p_team integer)
RETURNS TABLE ("group" text, key text, series text, series_key text, value integer, late boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    w record;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    SELECT * INTO w FROM iduo.board_span(p_first, p_last, p_team);
    RETURN QUERY
        WITH due AS (
            SELECT p.due_date, p.state, count(*)::integer AS n FROM iduo.promise p
            WHERE p.due_date BETWEEN p_first AND p_last AND p.state <> 'undone'
              AND (w.people IS NULL OR (SELECT a.by FROM iduo.attempt a WHERE a.id = p.attempt_id) = ANY (w.people)) GROUP BY 1, 2
        ), settled AS (
            SELECT d.due_date, iduo.promise_state(d.state, d.due_date) AS state, d.n FROM due d
        )
        SELECT to_char(d.due_date, 'DD/MM'), d.due_date::text, s.label, s.state, coalesce(sum(x.n), 0)::integer, s.state = 'pending' AND d.due_date < iduo.today()
        FROM (SELECT DISTINCT y.due_date FROM settled y) d
        CROSS JOIN (VALUES (1, 'kept', 'Cumplidas'), (2, 'broken', 'Incumplidas'), (3, 'pending', 'Pendientes')) AS s(n, state, label)
        LEFT JOIN settled x ON x.due_date = d.due_date AND x.state = s.state GROUP BY d.due_date, s.n, s.state, s.label ORDER BY d.due_date, s.n;
END $$;

-- Whoever works at the desk, and whoever else did something in these days.
CREATE FUNCTION api.board_operators(p_first date, p_last date, p_team integer)
RETURNS TABLE (login text, name text, team text, contacts integer, reached integer, promises integer, kept integer, broken integer, closed integer,
               tickets integer, communicated integer, overrides integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
    w record;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    SELECT * INTO w FROM iduo.board_span(p_first, p_last, p_team);
    RETURN QUERY
        WITH done AS (
            SELECT a.by, sum(a.n) AS contacts, coalesce(sum(a.n) FILTER (WHERE a.offered OR d.reached), 0) AS reached
            FROM (SELECT x.by, x.disposition_id, x.promotion_id IS NOT NULL AS offered, count(*) AS n FROM iduo.attempt x
                  WHERE x.undone_at IS NULL AND x.counted AND x.at >= w.since AND x.at < w.until GROUP BY 1, 2, 3) a
            LEFT JOIN iduo.disposition d ON d.id = a.disposition_id GROUP BY 1
        ), given AS MATERIALIZED (
            SELECT p.by, p.fresh, p.due, p.state, p.due_date, count(*) AS n FROM (
                -- by its key: a join would read all contacts for the promises of a month
                SELECT (SELECT a.by FROM iduo.attempt a WHERE a.id = x.attempt_id) AS by, x.state, x.due_date, x.at >= w.since AND x.at < w.until AS fresh, x.due_date BETWEEN p_first AND p_last AS due
                FROM iduo.promise x WHERE x.state <> 'undone' AND (x.at >= w.since AND x.at < w.until OR x.due_date BETWEEN p_first AND p_last)) p
            GROUP BY 1, 2, 3, 4, 5
        ), promised AS (
            SELECT g.by, sum(g.n) FILTER (WHERE g.fresh) AS n, sum(g.n) FILTER (WHERE g.due AND g.now = 'kept') AS kept,
                   sum(g.n) FILTER (WHERE g.due AND g.now = 'broken') AS broken
            FROM (SELECT x.*, iduo.promise_state(x.state, x.due_date) AS now FROM given x) g GROUP BY 1
        ), closed AS (
            SELECT c.closed_by AS by, count(*) AS n FROM iduo.case c
            WHERE c.state = 'closed' AND c.closed_at >= w.since AND c.closed_at < w.until GROUP BY 1
        ), taken AS (
            SELECT t.created_by AS by, count(*) AS n FROM iduo.ticket t WHERE t.at >= w.since AND t.at < w.until GROUP BY 1
        ), told AS (
            SELECT t.communicated_by AS by, count(*) AS n FROM iduo.ticket t
            WHERE t.state = 'communicated' AND t.communicated_at >= w.since AND t.communicated_at < w.until GROUP BY 1
        ), overridden AS (
            SELECT a.by, count(*) AS n FROM iduo.attempt a
            WHERE a.override_reason <> '' AND a.undone_at IS NULL AND a.at >= w.since AND a.at < w.until GROUP BY 1
        )
        SELECT s.login, s.full_name, coalesce(t.name, ''), coalesce(d.contacts, 0)::integer, coalesce(d.reached, 0)::integer, coalesce(p.n, 0)::integer,
               coalesce(p.kept, 0)::integer, coalesce(p.broken, 0)::integer, coalesce(c.n, 0)::integer, coalesce(m.n, 0)::integer,
               coalesce(r.n, 0)::integer, coalesce(o.n, 0)::integer
        FROM iduo.staff s LEFT JOIN iduo.team t ON t.id = s.team_id LEFT JOIN done d ON d.by = s.login LEFT JOIN promised p ON p.by = s.login
        LEFT JOIN closed c ON c.by = s.login LEFT JOIN taken m ON m.by = s.login
        LEFT JOIN told r ON r.by = s.login LEFT JOIN overridden o ON o.by = s.login
        WHERE NOT s.service AND (w.people IS NULL OR s.login = ANY (w.people))
          AND (num_nonnulls(d.by, p.by, c.by, m.by, r.by, o.by) > 0 OR s.active AND iduo.roles_of(s.login) && ARRAY['operator', 'coordinator'])
        ORDER BY s.full_name, s.login;
END $$;
GRANT EXECUTE ON FUNCTION api.board_figures, api.board_chats, api.board_tickets_by_hour, api.board_contacts_by_level, api.board_unanswered_by_age, api.board_promises,
    api.board_operators TO iduo_coordinator, iduo_admin;
RESET ROLE;
