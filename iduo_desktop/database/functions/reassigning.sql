-- Work that goes to other hands: cases of anybody to somebody with room or back to their lists, and all that an absent person has open.
SET LOCAL ROLE iduo_owner;

-- Cases that are locked go to somebody (NULL: back to their lists), each with a line in its history; the answer are these events.
CREATE OR REPLACE FUNCTION iduo.give_cases(p_cases bigint[], p_to text, p_reason text) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_events bigint[];
BEGIN
    PERFORM set_config('synchronous_commit', 'on', true);
    WITH told AS (
        INSERT INTO iduo.case_event (case_id, company_id, kind, by, detail, before, version_after)
        SELECT c.id, c.company_id, 'handed_over', session_user,
               left(concat_ws(' ', 'de ' || iduo.name_of(c.assigned_to), coalesce('a ' || iduo.name_of(p_to), 'a la lista')) || ': ' || p_reason, 500),
               iduo.image(c), c.version + 1
        FROM iduo.case c WHERE c.id = ANY (p_cases) ORDER BY c.id RETURNING id
    ) SELECT coalesce(array_agg(t.id ORDER BY t.id), '{}') INTO v_events FROM told t;
    UPDATE iduo.case c SET assigned_to = p_to, assigned_at = CASE WHEN p_to IS NOT NULL THEN v_now END, touched_at = v_now, version = c.version + 1
        WHERE c.id = ANY (p_cases);
    RETURN v_events;
END $$;

-- Why a case stays where it is, or nothing. The case is locked.
CREATE OR REPLACE FUNCTION iduo.why_it_stays(c iduo.case, p_from text, p_to text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    RETURN CASE WHEN c.state = 'closed' THEN 'closed'
        WHEN c.assigned_to IS NOT DISTINCT FROM p_to THEN 'same'
        WHEN p_from IS NOT NULL AND c.assigned_to IS DISTINCT FROM p_from THEN 'other'
        WHEN c.assigned_to <> session_user AND iduo.attends_now(c.assigned_to, c) THEN 'attended' END;
END $$;

-- He has it open, or is on a call about it, or speaks with its client, right now.
CREATE OR REPLACE FUNCTION iduo.attends_now(p_login text, c iduo.case) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT EXISTS (SELECT FROM iduo.presence v WHERE v.case_id = c.id AND v.login = p_login AND v.until > clock_timestamp())
        OR EXISTS (SELECT FROM iduo.call k WHERE k.by = p_login AND k.starts_at > clock_timestamp() - interval '4 hours' AND k.starts_at <= clock_timestamp()
                   AND k.state = 'held' AND k.ended_at IS NULL AND k.finished_at IS NULL AND k.case_id = c.id)
        OR EXISTS (SELECT FROM iduo.talk t WHERE t.login = p_login AND t.until > clock_timestamp()
                   AND CASE WHEN c.company_id IS NULL THEN t.contact_id = c.contact_id ELSE t.company_id = c.company_id END)
$$;

-- Whoever receives works cases; his row and one's own are locked, so that his room is counted in parallel too.
CREATE OR REPLACE FUNCTION iduo.need_receiver(p_to text, p_key uuid) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    PERFORM FROM iduo.staff s WHERE s.login IN (session_user, p_to) ORDER BY s.login FOR NO KEY UPDATE;
    IF p_to IS NOT NULL AND (NOT EXISTS (SELECT FROM iduo.staff s WHERE s.login = p_to AND s.active AND NOT s.service)
                             OR NOT iduo.roles_of(p_to) && ARRAY['operator', 'coordinator']) THEN
        PERFORM iduo.refuse_field('to', 'Elegí a una persona activa que trabaje casos.');
    END IF;
END $$;

-- What this key did before, or nothing.
CREATE OR REPLACE FUNCTION iduo.known_reassignment(p_key uuid, p_hash bytea) RETURNS iduo.reassignment
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    r iduo.reassignment;
BEGIN
    SELECT * INTO r FROM iduo.reassignment x WHERE x.key = p_key;
    IF FOUND AND (r."by" <> session_user OR r.payload_hash IS DISTINCT FROM p_hash) THEN
        RAISE EXCEPTION 'Ese pedido ya se hizo con otros datos.' USING ERRCODE = '23505';
    END IF;
    RETURN r;
END $$;

-- Moves what may go of these cases, in the order given as far as there is room, and says why the rest stays.
CREATE OR REPLACE FUNCTION iduo.move_work(p_cases bigint[], p_from text, p_to text, p_reason text, OUT events bigint[], OUT stayed integer, OUT told text)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_limit integer := iduo.setting('open_cases_limit')::integer;
    v_room integer := CASE WHEN p_to IS NULL THEN 2147483647
        ELSE greatest(0, v_limit - (SELECT count(*) FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = p_to)::integer) END;
    v_going bigint[];
BEGIN
    PERFORM FROM iduo.case c WHERE c.id = ANY (p_cases) ORDER BY c.id FOR NO KEY UPDATE;
    WITH judged AS (
        SELECT a.id, a.n, c.assigned_to, CASE WHEN c.id IS NULL THEN 'gone' ELSE iduo.why_it_stays(c, p_from, p_to) END AS why
        FROM unnest(p_cases) WITH ORDINALITY AS a(id, n) LEFT JOIN iduo.case c ON c.id = a.id
    ), placed AS (
        SELECT j.*, row_number() OVER (PARTITION BY j.why ORDER BY j.n) > v_room AND j.why IS NULL AS over FROM judged j
    ), counted AS (
        SELECT count(*) FILTER (WHERE p.why = 'gone') AS gone, count(*) FILTER (WHERE p.why = 'closed') AS closed,
               count(*) FILTER (WHERE p.why = 'same') AS same, count(*) FILTER (WHERE p.why = 'other') AS other, count(*) FILTER (WHERE p.over) AS over,
               count(*) FILTER (WHERE p.why IS NOT NULL OR p.over) AS stayed,
               array_agg(p.id) FILTER (WHERE p.why IS NULL AND NOT p.over) AS going,
               (SELECT string_agg(format(CASE a.n WHEN 1 THEN '%s está atendiendo uno ahora.' ELSE '%s está atendiendo %s ahora.' END, iduo.name_of(a.assigned_to), a.n), ' ')
                FROM (SELECT x.assigned_to, count(*) AS n FROM placed x WHERE x.why = 'attended' GROUP BY 1 ORDER BY 1) a) AS attended
        FROM placed p
    )
    SELECT c.going, c.stayed, left(concat_ws(' ', c.attended,
        CASE WHEN c.over > 0 THEN format(CASE c.over WHEN 1 THEN '%s no entra: %s llega a %s casos abiertos, el máximo.'
                                                    ELSE '%s no entran: %s llega a %s casos abiertos, el máximo.' END, c.over, iduo.name_of(p_to), v_limit) END,
        CASE WHEN c.closed > 0 THEN format(CASE c.closed WHEN 1 THEN '%s ya estaba cerrado.' ELSE '%s ya estaban cerrados.' END, c.closed) END,
        CASE WHEN c.same > 0 AND p_to IS NULL THEN format(CASE c.same WHEN 1 THEN '%s ya estaba libre.' ELSE '%s ya estaban libres.' END, c.same)
             WHEN c.same > 0 THEN format(CASE c.same WHEN 1 THEN '%s ya era de %s.' ELSE '%s ya eran de %s.' END, c.same, iduo.name_of(p_to)) END,
        CASE WHEN c.other > 0 THEN format(CASE c.other WHEN 1 THEN '%s ya lo tiene otra persona.' ELSE '%s ya los tiene otra persona.' END, c.other) END,
        CASE WHEN c.gone > 0 THEN format(CASE c.gone WHEN 1 THEN '%s no existe.' ELSE '%s no existen.' END, c.gone) END), 2000)
    INTO v_going, stayed, told FROM counted c;
    events := iduo.give_cases(coalesce(v_going, '{}'), p_to, p_reason);
END $$;

CREATE FUNCTION api.reassign_cases(p_cases bigint[], p_to text, p_reason text, p_key uuid)
RETURNS TABLE (moved integer, stayed integer, "left" text, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('reassign', p_cases::text, p_to, p_reason);
    r iduo.reassignment;
    w record;
BEGIN
    PERFORM iduo.require('coordinator');
    p_reason := iduo.need('reason', p_reason, 'Escribí por qué los pasás: queda en la historia de cada caso.', 300);
    IF coalesce(array_ndims(p_cases), 0) <> 1 OR cardinality(p_cases) > 500 OR array_position(p_cases, NULL) IS NOT NULL THEN
        PERFORM iduo.refuse_field('cases', 'Elegí de 1 a 500 casos.');
    END IF;
    PERFORM iduo.need_receiver(p_to, p_key);
    r := iduo.known_reassignment(p_key, v_hash);
    IF r.id IS NULL THEN
        SELECT * INTO w FROM iduo.move_work(ARRAY(SELECT x.id FROM unnest(p_cases) WITH ORDINALITY AS x(id, n) GROUP BY x.id ORDER BY min(x.n)),
                                                NULL, p_to, p_reason);
        INSERT INTO iduo.reassignment (to_login, reason, moved, stayed, told, events, items, by, key, payload_hash)
        VALUES (p_to, p_reason, cardinality(w.events), w.stayed, w.told, to_jsonb(w.events), '[]', session_user, p_key, v_hash);
        RETURN QUERY SELECT cardinality(w.events), w.stayed, w.told, false;
        RETURN;
    END IF;
    RETURN QUERY SELECT r.moved, r.stayed, r.told, true;
END $$;

-- Cases, planned calls and open tasks of somebody who is out. What he attends right now stays; calls and tasks know no room.
CREATE FUNCTION api.pass_on_work(p_login text, p_to text, p_reason text, p_key uuid)
RETURNS TABLE (moved integer, stayed integer, "left" text, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('pass on', p_login, p_to, p_reason);
    v_items jsonb;
    r iduo.reassignment;
    w record;
BEGIN
    PERFORM iduo.require('coordinator');
    p_reason := iduo.need('reason', p_reason, 'Escribí por qué pasa su trabajo: queda en la historia de cada caso.', 300);
    IF p_login IS NULL OR NOT EXISTS (SELECT FROM iduo.staff s WHERE s.login = p_login AND NOT s.service) THEN
        PERFORM iduo.refuse_field('login', 'Ese usuario no existe.');
    ELSIF p_login = p_to THEN
        PERFORM iduo.refuse_field('to', 'Elegí a otra persona.');
    END IF;
    PERFORM iduo.need_receiver(p_to, p_key);
    r := iduo.known_reassignment(p_key, v_hash);
    IF r.id IS NULL THEN
        -- what is due first goes first, as far as there is room
        SELECT * INTO w FROM iduo.move_work(ARRAY(SELECT c.id FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = p_login
                                                  ORDER BY c.next_action_at NULLS LAST, c.work_key, c.id LIMIT 1000), p_login, p_to, p_reason);
        v_items := iduo.give_items(p_login, p_to);
        INSERT INTO iduo.reassignment (from_login, to_login, reason, moved, stayed, told, events, items, by, key, payload_hash)
        VALUES (p_login, p_to, p_reason, cardinality(w.events) + jsonb_array_length(v_items), w.stayed, w.told, to_jsonb(w.events), v_items,
                session_user, p_key, v_hash) RETURNING * INTO r;
        RETURN QUERY SELECT r.moved, r.stayed, r.told, false;
        RETURN;
    END IF;
    RETURN QUERY SELECT r.moved, r.stayed, r.told, true;
END $$;

-- Planned calls and open tasks go to somebody, or (NULL) to whoever is in: ["call" or "task", id, version that it has then], …
CREATE OR REPLACE FUNCTION iduo.give_items(p_from text, p_to text) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_calls jsonb;
    v_tasks jsonb;
BEGIN
    WITH given AS (
        UPDATE iduo.call c SET assignee = p_to, version = c.version + 1
        WHERE c.id IN (SELECT x.id FROM iduo.call x WHERE x.state = 'planned' AND x.assignee = p_from ORDER BY x.id LIMIT 1000 FOR NO KEY UPDATE)
        RETURNING c.id, c.version
    ) SELECT coalesce(jsonb_agg(jsonb_build_array('call', g.id, g.version)), '[]') INTO v_calls FROM given g;
    WITH given AS (
        UPDATE iduo.task t SET assignee = p_to, version = t.version + 1
        WHERE t.id IN (SELECT x.id FROM iduo.task x WHERE x.state = 'open' AND x.assignee = p_from ORDER BY x.id LIMIT 1000 FOR NO KEY UPDATE)
        RETURNING t.id, t.version
    ) SELECT coalesce(jsonb_agg(jsonb_build_array('task', g.id, g.version)), '[]') INTO v_tasks FROM given g;
    RETURN v_calls || v_tasks;
END $$;

CREATE FUNCTION api.undo_reassign(p_key uuid)
RETURNS TABLE (moved integer, stayed integer, "left" text, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    r iduo.reassignment;
    v_replayed boolean;
    v_back integer;
BEGIN
    PERFORM iduo.require('coordinator');
    SELECT * INTO r FROM iduo.reassignment x WHERE x.key = p_key AND x."by" = session_user FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Solo podés deshacer lo que hiciste vos.');
    END IF;
    v_replayed := r.undone_at IS NOT NULL;
    IF NOT v_replayed AND r.at < clock_timestamp() - interval '5 minutes' THEN
        PERFORM iduo.refuse('Ya pasaron más de 5 minutos: no se puede deshacer.');
    ELSIF NOT v_replayed THEN
        v_back := iduo.take_back_cases(ARRAY(SELECT e::bigint FROM jsonb_array_elements_text(r.events) e)) + iduo.take_back_items(r);
        UPDATE iduo.reassignment x SET undone_at = clock_timestamp(), undone_told = CASE r.moved - v_back WHEN 0 THEN ''
            WHEN 1 THEN '1 cambió después: queda como está.' ELSE format('%s cambiaron después: quedan como están.', r.moved - v_back) END
        WHERE x.id = r.id RETURNING * INTO r;
    ELSE
        v_back := (SELECT count(*) FROM iduo.case_event e WHERE e.id = ANY (ARRAY(SELECT x::bigint FROM jsonb_array_elements_text(r.events) x))
                   AND e.undone_at IS NOT NULL);
    END IF;
    RETURN QUERY SELECT v_back, r.moved - v_back, r.undone_told, v_replayed;
END $$;

-- Cases that nobody touched since go back to whoever had them, if he still works here.
CREATE OR REPLACE FUNCTION iduo.take_back_cases(p_events bigint[]) RETURNS integer
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_back bigint[];
BEGIN
    PERFORM FROM iduo.case c WHERE c.id IN (SELECT e.case_id FROM iduo.case_event e WHERE e.id = ANY (p_events)) ORDER BY c.id FOR NO KEY UPDATE;
    SELECT coalesce(array_agg(e.id), '{}') INTO v_back FROM iduo.case_event e JOIN iduo.case c ON c.id = e.case_id
    WHERE e.id = ANY (p_events) AND e.undone_at IS NULL AND c.version = e.version_after
      AND (e.before ->> 'assigned_to' IS NULL OR EXISTS (SELECT FROM iduo.staff s WHERE s.login = e.before ->> 'assigned_to' AND s.active));
    UPDATE iduo.case c SET assigned_to = e.before ->> 'assigned_to', assigned_at = (e.before ->> 'assigned_at')::timestamptz,
        touched_at = (e.before ->> 'touched_at')::timestamptz, version = c.version + 1
    FROM iduo.case_event e WHERE e.id = ANY (v_back) AND c.id = e.case_id;
    UPDATE iduo.case_event e SET undone_at = clock_timestamp() WHERE e.id = ANY (v_back);
    RETURN cardinality(v_back);
END $$;

CREATE OR REPLACE FUNCTION iduo.take_back_items(r iduo.reassignment) RETURNS integer
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_calls integer;
    v_tasks integer;
BEGIN
    UPDATE iduo.call c SET assignee = r.from_login, version = c.version + 1
    FROM jsonb_array_elements(r.items) i WHERE i ->> 0 = 'call' AND c.id = (i ->> 1)::bigint AND c.version = (i ->> 2)::integer AND c.state = 'planned';
    GET DIAGNOSTICS v_calls = ROW_COUNT;
    UPDATE iduo.task t SET assignee = r.from_login, version = t.version + 1
    FROM jsonb_array_elements(r.items) i WHERE i ->> 0 = 'task' AND t.id = (i ->> 1)::bigint AND t.version = (i ->> 2)::integer AND t.state = 'open';
    GET DIAGNOSTICS v_tasks = ROW_COUNT;
    RETURN v_calls + v_tasks;
END $$;

-- My cases that somebody else moved, or moved to me, after the event p_after: how many, whose they are now. NULL: only where to start.
-- What is older than the last 20,000 events is not told of any more.
CREATE FUNCTION api.handed_work(p_after bigint DEFAULT NULL)
RETURNS TABLE (event bigint, by_name text, to_name text, gained boolean, cases integer, case_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_last bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    v_last := (SELECT coalesce(max(e.id), 0) FROM iduo.case_event e);
    RETURN QUERY SELECT v_last, ''::text, ''::text, false, 0, NULL::bigint;
    RETURN QUERY
        SELECT max(x.id), x.by_name, x.to_name, x.gained, count(*)::integer, CASE count(*) WHEN 1 THEN min(x.case_id) END
        FROM (SELECT e.id, e.case_id, s.full_name AS by_name, c.assigned_to IS NOT DISTINCT FROM session_user AS gained,
                     coalesce(iduo.name_of(c.assigned_to), '') AS to_name
              FROM iduo.case_event e JOIN iduo.case c ON c.id = e.case_id JOIN iduo.staff s ON s.login = e.by
              WHERE e.id > greatest(p_after, v_last - 20000) AND p_after IS NOT NULL AND e.kind IN ('handed_over', 'taken_over', 'returned')
                AND e.undone_at IS NULL AND e.by <> session_user
                AND (e.before ->> 'assigned_to' IS NOT DISTINCT FROM session_user) <> (c.assigned_to IS NOT DISTINCT FROM session_user)) x
        GROUP BY x.by_name, x.to_name, x.gained ORDER BY 1;
END $$;

-- Whoever is out: disabled, in a pause that never ends, or not in on the whole of the last working day, nor since.
CREATE OR REPLACE FUNCTION iduo.absent_people() RETURNS TABLE (login text)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_day date := (SELECT max(d)::date FROM generate_series((iduo.today() - 60)::timestamp, (iduo.today() - 1)::timestamp, interval '1 day') d
                   WHERE EXISTS (SELECT FROM iduo.working_hours h WHERE h.weekday = extract(isodow FROM d) AND h.opens IS NOT NULL)
                     AND NOT EXISTS (SELECT FROM iduo.holiday f WHERE f.day = d::date));
    v_since timestamptz := v_day::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires';
    v_paused timestamptz := clock_timestamp() - make_interval(hours => iduo.setting('pause_hours')::integer);
BEGIN
    RETURN QUERY SELECT s.login FROM iduo.staff s LEFT JOIN iduo.here() h ON h.login = s.login
    WHERE NOT s.active
       OR EXISTS (SELECT FROM iduo.pause p WHERE p.login = s.login AND p.ended_at IS NULL AND p.started_at < v_paused)
       OR h.login IS NULL AND s.created_at < v_since
          AND NOT EXISTS (SELECT FROM iduo.attendance a WHERE a.login = s.login AND a.day >= v_day)
          AND NOT EXISTS (SELECT FROM iduo.attempt a WHERE a.by = s.login AND a.at >= v_since);
END $$;

CREATE FUNCTION api.orphan_cases(p_kind text)
RETURNS TABLE (case_id bigint, client text, list text, assigned_to text, holder text, last_contact_at timestamptz, debt numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    v_people text[];
    v_before timestamptz;
    v_rows bigint;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    IF p_kind = 'absent' THEN
        v_people := ARRAY(SELECT a.login FROM iduo.absent_people() a);
        v_before := 'infinity';
    ELSIF p_kind = 'no_action' THEN
        v_people := ARRAY(SELECT s.login FROM iduo.staff s);
        v_before := clock_timestamp() - make_interval(days => iduo.setting('orphan_days')::integer);
    ELSE
        PERFORM iduo.refuse('Esa lista no existe.');
    END IF;
    RETURN QUERY
        SELECT x.id, coalesce(o.client, n.person), x.list, x.assigned_to, s.full_name, x.last_contact_at, x.debt
        FROM unnest(v_people) p(login) JOIN iduo.staff s ON s.login = p.login,
        LATERAL (SELECT c.* FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = p.login
                 AND (p_kind = 'absent' OR c.next_action_at IS NULL AND c.work_key < v_before AND coalesce(c.last_contact_at, c.assigned_at) < v_before)
                 ORDER BY c.work_key, c.id LIMIT 500) x
        LEFT JOIN iduo.company o ON o.id = x.company_id LEFT JOIN iduo.contact n ON n.id = x.contact_id
        ORDER BY coalesce(x.last_contact_at, x.assigned_at), x.id LIMIT 500;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;
GRANT EXECUTE ON FUNCTION api.reassign_cases, api.pass_on_work, api.undo_reassign TO iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.handed_work TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.orphan_cases TO iduo_coordinator, iduo_admin;
RESET ROLE;
