-- What is behind the figures and bars of the board, and what leaves the house of it.
SET LOCAL ROLE iduo_owner;

-- What a message was for, where that is not what one writes for here: its limits are others.
CREATE OR REPLACE FUNCTION iduo.other_purpose(a iduo.attempt) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT 'finalidad elegida: ' || CASE a.purpose WHEN 'collection' THEN 'Cobranza' WHEN 'service' THEN 'Servicio' ELSE 'Promoción' END
    WHERE a.message_id IS NOT NULL AND a.purpose <> iduo.setting('contact_purpose')
$$;

-- How a contact is told in a line.
CREATE OR REPLACE FUNCTION iduo.contact_told(a iduo.attempt) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT concat_ws(' · ', CASE a.channel WHEN 'call' THEN 'Llamada' WHEN 'whatsapp' THEN 'WhatsApp' WHEN 'email' THEN 'Mail' WHEN 'sms' THEN 'SMS' ELSE 'Chat' END
                            || CASE a.direction WHEN 'inbound' THEN ' recibida' ELSE '' END,
        (SELECT d.label FROM iduo.disposition d WHERE d.id = a.disposition_id),
        CASE a.promotion_answer WHEN 'offered' THEN 'Promoción ofrecida' WHEN 'accepted' THEN 'Promoción aceptada' WHEN 'declined' THEN 'Promoción rechazada' END,
        iduo.other_purpose(a))
$$;

-- Lines of one kind, newest first: (moment, case, ticket, what, who, amount).
CREATE OR REPLACE FUNCTION iduo.work_lines(p_kind text, p_people text[], p_first date, p_last date, p_since timestamptz, p_until timestamptz,
                                           p_hour integer, p_channel text)
RETURNS TABLE (at timestamptz, case_id bigint, ticket_id bigint, what text, who text, amount numeric)
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
BEGIN
    CASE
        WHEN p_kind = 'contacts' THEN
            RETURN QUERY SELECT a.at, a.case_id, NULL::bigint, iduo.contact_told(a), a.by, NULL::numeric FROM iduo.attempt a
                WHERE a.undone_at IS NULL AND a.counted AND a.at >= p_since AND a.at < p_until AND (p_people IS NULL OR a.by = ANY (p_people))
                ORDER BY a.at DESC LIMIT 500;
        WHEN p_kind = 'calls' THEN
            RETURN QUERY SELECT x.at, x.case_id, x.ticket_id, x.what, x.who, NULL::numeric FROM (
                SELECT k.starts_at, k.case_id, (SELECT max(t.ticket_id) FROM iduo.call_ticket t WHERE t.call_id = k.id), 'Llamada en la ficha', k.by
                FROM iduo.call k WHERE k.state = 'held' AND k.starts_at >= p_since AND k.starts_at < p_until AND (p_people IS NULL OR k.by = ANY (p_people))
                UNION ALL SELECT a.at, a.case_id, NULL, iduo.contact_told(a), a.by FROM iduo.attempt a
                WHERE a.undone_at IS NULL AND a.counted AND a.channel = 'call' AND a.direction = 'outbound' AND a.at >= p_since AND a.at < p_until
                  AND (p_people IS NULL OR a.by = ANY (p_people))
                ORDER BY 1 DESC LIMIT 500) x(at, case_id, ticket_id, what, who);
        WHEN p_kind = 'doubtful' THEN
            RETURN QUERY SELECT m.at, m.case_id, NULL::bigint, CASE m.channel WHEN 'email' THEN 'Mail' ELSE 'SMS' END || ' · no sabemos si salió', m.by, NULL::numeric
                FROM iduo.message m WHERE m.state = 'doubtful' AND (p_people IS NULL OR m.by = ANY (p_people)) ORDER BY m.at DESC LIMIT 500;
        WHEN p_kind = 'reached' THEN
            RETURN QUERY SELECT a.at, a.case_id, NULL::bigint, iduo.contact_told(a), a.by, NULL::numeric FROM iduo.attempt a
                LEFT JOIN iduo.disposition d ON d.id = a.disposition_id
                WHERE a.undone_at IS NULL AND a.counted AND a.at >= p_since AND a.at < p_until AND (p_people IS NULL OR a.by = ANY (p_people))
                  AND (a.promotion_id IS NOT NULL OR d.reached) ORDER BY a.at DESC LIMIT 500;
        WHEN p_kind = 'overrides' THEN
            RETURN QUERY SELECT a.at, a.case_id, NULL::bigint, iduo.contact_told(a) || ' · ' || a.override_reason, a.by, NULL::numeric FROM iduo.attempt a
                WHERE a.override_reason <> '' AND a.undone_at IS NULL AND a.at >= p_since AND a.at < p_until
                  AND (p_people IS NULL OR a.by = ANY (p_people)) ORDER BY a.at DESC LIMIT 500;
        WHEN p_kind = 'promises' THEN
            RETURN QUERY SELECT x.at, x.case_id, NULL::bigint, 'Para el ' || to_char(x.due_date, 'DD/MM/YYYY'), x.by, x.amount
                FROM (SELECT p.*, (SELECT a.by FROM iduo.attempt a WHERE a.id = p.attempt_id) AS by FROM iduo.promise p
                      WHERE p.at >= p_since AND p.at < p_until AND p.state <> 'undone') x
                WHERE p_people IS NULL OR x.by = ANY (p_people) ORDER BY x.at DESC LIMIT 500;
        WHEN p_kind IN ('kept', 'broken', 'pending') THEN
            RETURN QUERY SELECT x.at, x.case_id, NULL::bigint, 'Para el ' || to_char(x.due_date, 'DD/MM/YYYY'), x.by, x.amount
                FROM (SELECT p.*, (SELECT a.by FROM iduo.attempt a WHERE a.id = p.attempt_id) AS by FROM iduo.promise p
                      WHERE p.due_date BETWEEN p_first AND p_last AND iduo.promise_state(p.state, p.due_date) = p_kind) x
                WHERE p_people IS NULL OR x.by = ANY (p_people) ORDER BY x.due_date DESC, x.id DESC LIMIT 500;
        WHEN p_kind = 'closed' THEN
            RETURN QUERY SELECT c.closed_at, c.id, NULL::bigint, concat_ws(' · ', c.closing_reason, c.closing_status), c.closed_by, c.debt FROM iduo.case c
                WHERE c.state = 'closed' AND c.closed_at >= p_since AND c.closed_at < p_until AND (p_people IS NULL OR c.closed_by = ANY (p_people))
                ORDER BY c.closed_at DESC LIMIT 500;
        WHEN p_kind = 'tickets' THEN
            RETURN QUERY SELECT t.at, NULL::bigint, t.id, concat_ws(' · ', t.number, nullif(t.topic, ''), iduo.state_label(t.state)), t.created_by, NULL::numeric
                FROM iduo.ticket t WHERE t.at >= p_since AND t.at < p_until AND (p_people IS NULL OR t.created_by = ANY (p_people))
                  AND (p_hour IS NULL OR extract(hour FROM t.at AT TIME ZONE 'America/Argentina/Buenos_Aires') = p_hour)
                  AND (p_channel IS NULL OR t.channel = p_channel) ORDER BY t.at DESC LIMIT 500;
        WHEN p_kind = 'communicated' THEN
            RETURN QUERY SELECT t.communicated_at, NULL::bigint, t.id, concat_ws(' · ', t.number, nullif(t.topic, '')), t.communicated_by, NULL::numeric
                FROM iduo.ticket t WHERE t.state = 'communicated' AND t.communicated_at >= p_since AND t.communicated_at < p_until
                  AND (p_people IS NULL OR t.communicated_by = ANY (p_people)) ORDER BY t.communicated_at DESC LIMIT 500;
        ELSE
            PERFORM iduo.refuse('Eso no tiene una lista detrás.');
    END CASE;
END $$;

CREATE FUNCTION api.board_work(p_kind text, p_login text, p_first date, p_last date, p_team integer, p_key text DEFAULT '', p_series text DEFAULT '')
RETURNS TABLE (at timestamptz, case_id bigint, ticket_id bigint, client text, what text, who text, amount numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    w record;
    v_rows bigint;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    IF p_key <> '' AND p_key !~ '^\d{1,2}$' THEN
        PERFORM iduo.refuse('Eso no tiene una lista detrás.');
    END IF;
    SELECT * INTO w FROM iduo.board_span(p_first, p_last, p_team);
    IF p_login IS NOT NULL THEN
        w.people := ARRAY(SELECT p_login WHERE w.people IS NULL OR p_login = ANY (w.people));
    END IF;
    RETURN QUERY
        SELECT l.at, l.case_id, l.ticket_id, coalesce(
                   (SELECT coalesce(o.client, n.person) FROM iduo.case c LEFT JOIN iduo.company o ON o.id = c.company_id
                    LEFT JOIN iduo.contact n ON n.id = c.contact_id WHERE c.id = l.case_id),
                   (SELECT iduo.person_name(t.surname, t.names) FROM iduo.ticket t WHERE t.id = l.ticket_id), ''),
               l.what, iduo.name_of(l.who), l.amount
        FROM iduo.work_lines(p_kind, w.people, p_first, p_last, w.since, w.until, nullif(p_key, '')::integer, nullif(p_series, '')) l
        ORDER BY l.at DESC, l.case_id, l.ticket_id;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

CREATE FUNCTION api.board_pauses(p_first date, p_last date, p_team integer)
RETURNS TABLE (login text, name text, team text, label text, minutes integer, since timestamptz, until timestamptz, ended_by text, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    w record;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    SELECT * INTO w FROM iduo.board_span(p_first, p_last, p_team);
    RETURN QUERY
        SELECT s.login, s.full_name, coalesce(t.name, ''), p.label, p.minutes::integer, p.started_at, p.ended_at, coalesce(iduo.name_of(p.ended_by), ''), p.end_reason
        FROM iduo.pause p JOIN iduo.staff s ON s.login = p.login LEFT JOIN iduo.team t ON t.id = s.team_id
        WHERE p.started_at >= w.since AND p.started_at < w.until AND (w.people IS NULL OR p.login = ANY (w.people))
        ORDER BY p.started_at DESC, p.id DESC LIMIT 1000;
END $$;

-- The board leaves the house: nobody whom the organisation serves is in it, but a trace is left as of every list.
CREATE FUNCTION api.open_board_export(p_first date, p_last date, p_team integer, p_reason text)
RETURNS TABLE (receipt bigint, rows integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    PERFORM iduo.board_span(p_first, p_last, p_team);
    p_reason := iduo.need('reason', p_reason, 'Escribí para qué lo exportás.', 450);
    rows := (SELECT count(*) FROM api.board_operators(p_first, p_last, p_team));
    receipt := iduo.leave_export('board', 'all', jsonb_strip_nulls(jsonb_build_object('first', p_first, 'last', p_last, 'team', p_team)), rows, p_reason);
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION api.board_work, api.board_pauses, api.open_board_export TO iduo_coordinator, iduo_admin;
RESET ROLE;
