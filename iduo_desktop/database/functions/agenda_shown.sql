-- Items of the agenda as they are shown, in the order given, and what one's day holds.
SET LOCAL ROLE iduo_owner;

-- What an item is, whatever kind it is: 1 a planned call, 2 a case that is due, 3 a task, 4 a route.
CREATE OR REPLACE FUNCTION iduo.agenda_rows(p_ranks integer[], p_ids bigint[])
RETURNS TABLE (n bigint, rank integer, key bigint, kind text, id bigint, due_at timestamptz, rings_at timestamptz, state text, assignee text,
               case_id bigint, contact_id bigint, title text, note text, late boolean, version integer)
LANGUAGE plpgsql STABLE ROWS 20 SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_late timestamptz := iduo.overdue_before();
BEGIN
    RETURN QUERY WITH keys AS MATERIALIZED (
        SELECT k.n, k.rank, k.id FROM unnest(p_ranks, p_ids) WITH ORDINALITY AS k(rank, id, n)
    )
    SELECT k.n, k.rank, k.id, 'call', c.id, c.starts_at, c.rings_at, c.state, c.assignee, c.case_id, c.contact_id,
           CASE c.direction WHEN 'inbound' THEN 'Va a llamar' ELSE 'Llamar a' END, c.note, c.late_key < v_late, c.version
    FROM keys k JOIN iduo.call c ON c.id = k.id WHERE k.rank = 1
    UNION ALL
    SELECT k.n, k.rank, k.id, CASE WHEN p.id IS NULL THEN 'callback' ELSE 'promise' END, coalesce(p.id, c.id), c.next_action_at,
           greatest(c.next_action_at, r.until), 'open', c.assigned_to, c.id, c.contact_id,
           CASE WHEN p.id IS NULL THEN 'Volver a llamar a' ELSE 'Promesa de pago de' END,
           coalesce('Prometió ' || nullif(concat_ws(' ', '$ ' || iduo.money(p.amount), 'para el ' || to_char(p.due_date, 'DD/MM/YYYY')), ''), c.subject),
           false, c.version
    FROM keys k JOIN iduo.case c ON c.id = k.id LEFT JOIN iduo.callback_rest r ON r.case_id = c.id AND r.due_at = c.next_action_at
    LEFT JOIN LATERAL (SELECT x.* FROM iduo.promise x WHERE x.case_id = c.id AND x.state = 'pending' ORDER BY x.id DESC LIMIT 1) p ON true
    WHERE k.rank = 2
    UNION ALL
    SELECT k.n, k.rank, k.id, 'task', t.id, t.due_at, t.rings_at, t.state, t.assignee, t.case_id, t.contact_id, t.title, t.note, t.late_key < v_late, t.version
    FROM keys k JOIN iduo.task t ON t.id = k.id WHERE k.rank = 3
    UNION ALL
    SELECT k.n, k.rank, k.id, 'route', a.id, a.activated_at, a.activated_at, CASE WHEN a.acknowledged_at IS NULL THEN 'open' ELSE 'done' END,
           a.acknowledged_by, a.case_id, a.contact_id, 'Ruta ' || o.label, a.note, iduo.late_route(a.activated_at), 1
    FROM keys k JOIN iduo.route_activation a ON a.id = k.id JOIN iduo.route o ON o.id = a.route_id WHERE k.rank = 4;
END $$;

-- With the person, the telephone to call by his rules, and the text that names nobody.
CREATE OR REPLACE FUNCTION iduo.agenda_items(p_ranks integer[], p_ids bigint[])
RETURNS TABLE (kind text, id bigint, title text, discreet text, due_at timestamptz, rings_at timestamptz, state text, mine boolean, assignee text,
               assignee_name text, escalated boolean, case_id bigint, contact_id bigint, person text, company_id bigint, phone text, phone_e164 text,
               safe text, note text, moved integer, version integer, "position" text)
LANGUAGE plpgsql STABLE ROWS 20 SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT i.kind, i.id,
               CASE i.kind WHEN 'task' THEN i.title WHEN 'route' THEN concat_ws(': ', i.title, x.person) ELSE concat_ws(' ', i.title, x.person) END,
               CASE i.kind WHEN 'call' THEN 'Llamada agendada' WHEN 'callback' THEN 'Volver a llamar' WHEN 'promise' THEN 'Promesa de pago'
                           WHEN 'task' THEN 'Tarea' ELSE 'Ruta activada' END || coalesce(' · caso ' || i.case_id, ''),
               i.due_at, i.rings_at, i.state, i.assignee IS NOT DISTINCT FROM session_user::text, i.assignee, coalesce(iduo.name_of(i.assignee), ''),
               coalesce(i.assignee <> session_user AND i.late AND i.kind IN ('call', 'task'), false),
               i.case_id, who.id, coalesce(x.person, ''), o.id, f.typed, f.e164, coalesce(iduo.safe_words(who), ''), i.note,
               (SELECT count(*)::integer FROM iduo.agenda_event e WHERE e.call_id = i.id AND i.rank = 1 AND e.kind = 'moved' AND e.undone_at IS NULL)
               + (SELECT count(*)::integer FROM iduo.agenda_event e WHERE e.task_id = i.id AND i.rank = 3 AND e.kind = 'moved' AND e.undone_at IS NULL)
               + (SELECT count(*)::integer FROM iduo.agenda_event e WHERE e.case_id = i.key AND i.rank = 2 AND e.kind = 'moved' AND e.undone_at IS NULL),
               i.version, jsonb_build_array(iduo.iso(i.due_at), i.rank, i.key)::text
        FROM iduo.agenda_rows(p_ranks, p_ids) i LEFT JOIN iduo.case c ON c.id = i.case_id
        -- CASE, because under row security an index is not asked for what coalesce says
        LEFT JOIN iduo.contact who ON who.id = CASE WHEN i.contact_id IS NULL THEN c.contact_id ELSE i.contact_id END
        LEFT JOIN iduo.company o ON o.id = CASE WHEN c.company_id IS NULL THEN who.company_id ELSE c.company_id END,
        LATERAL (SELECT coalesce(who.person, o.client) AS person) x, LATERAL iduo.phone_to_call(who.id, o.id) f
        ORDER BY i.n;
END $$;

-- My day. What is counted of big lists is counted up to 10,000.
CREATE FUNCTION api.my_day()
RETURNS TABLE (due_now integer, mine integer, to_communicate integer, overdue integer, routes integer, suspended integer, suspended_untouched integer,
               delinquent integer, delinquent_untouched integer, contacts_today integer, messages_today integer, closed_today integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    v_me text := session_user;  -- as text: compared with a name no index would serve
    v_midnight timestamptz;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    v_midnight := iduo.midnight();
    RETURN QUERY SELECT
        (SELECT count(*)::integer FROM iduo.ringing_keys(100)),
        (SELECT count(*)::integer FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = v_me),
        (SELECT count(*)::integer FROM (SELECT FROM iduo.ticket t WHERE t.state = 'awaiting_communication' LIMIT 10000) x),
        (SELECT count(*)::integer FROM iduo.agenda_keys('1900-01-01 UTC', clock_timestamp(), NULL, 500)),
        (SELECT count(*)::integer FROM iduo.route_keys(true, 200)),
        iduo.open_cases('suspended', NULL), iduo.open_cases('suspended', v_midnight),
        iduo.open_cases('delinquent', NULL), iduo.open_cases('delinquent', v_midnight),
        (SELECT count(*)::integer FROM iduo.attempt a WHERE a."by" = v_me AND a.at >= v_midnight AND a.undone_at IS NULL),
        (SELECT count(*)::integer FROM iduo.ticket t WHERE t.at >= v_midnight AND t.created_by = v_me),
        (SELECT count(*)::integer FROM iduo.case c WHERE c.state = 'closed' AND c.closed_at >= v_midnight AND c.closed_by = v_me);
END $$;

-- How many cases stand in a list, or wait in it since before a moment.
CREATE OR REPLACE FUNCTION iduo.open_cases(p_list text, p_untouched_since timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    RETURN (SELECT count(*) FROM (SELECT FROM iduo.case c WHERE c.state = 'open' AND c.list = p_list
            AND c.work_key < coalesce(p_untouched_since, 'infinity') LIMIT 10000) x);
END $$;

GRANT EXECUTE ON FUNCTION api.my_day TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
