-- All about one case and its client, what happened with him, and who has it open.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.case_card(p_case bigint)
RETURNS TABLE (id bigint, company_id bigint, company_number bigint, company_version integer, kind text, client text, surname text, names text,
               document text, tax_id text, list text, closed boolean, service_status text, subject text, plan text, street text,
               locality text, province text, cutoff_date date, extended_until date, extension_reason text, debt numeric, since date,
               note text, assigned_to text, holder text, assigned_at timestamptz, level integer, attempts integer, calls integer,
               whatsapps integer, emails integer, sms integer, paused_until timestamptz, pause_reason text, last_contact_at timestamptz,
               next_action_at timestamptz, move_reason text, move_until date, closed_at timestamptz, closing_reason text, viewers text,
               version integer, contacted_today boolean, phones jsonb, emails_of_client jsonb, contact_id bigint, priority text, risk text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY
        SELECT c.id, c.company_id, o.number, coalesce(o.version, 0), coalesce(o.kind, 'person'), coalesce(o.client, n.person),
               coalesce(o.surname, n.surname), coalesce(o.names, n.names), coalesce(o.document, n.document), coalesce(o.tax_id, ''), c.list,
               c.state = 'closed', coalesce(o.service_status, c.list), c.subject, c.plan, coalesce(o.street, ''), c.locality,
               coalesce(o.province, ''), o.cutoff_date, o.extended_until,
               (SELECT e.reason FROM iduo.extension e WHERE e.company_id = o.id AND e.until_date = o.extended_until AND e.state = 'granted'), o.debt, o.since,
               coalesce(o.note, n.note),
               h.login, h.full_name, CASE WHEN h.login IS NOT NULL THEN c.assigned_at END,
               coalesce(p.level, 0), coalesce(p.attempts, 0), coalesce(p.calls, 0), coalesce(p.whatsapps, 0), coalesce(p.emails, 0),
               coalesce(p.sms, 0), p.paused_until,
               CASE WHEN p.level = 5 THEN format('%s contactos en los últimos días', p.attempts) END,
               c.last_contact_at, c.next_action_at, c.move_reason, c.move_until, c.closed_at, c.closing_reason,
               (SELECT coalesce(string_agg(s.full_name, ', ' ORDER BY s.full_name), '') FROM iduo.presence v
                JOIN iduo.staff s ON s.login = v.login WHERE v.case_id = c.id AND v.until > clock_timestamp() AND v.login <> session_user),
               c.version,
               coalesce((c.last_contact_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date = iduo.today(), false),
               CASE WHEN c.company_id IS NULL THEN iduo.phones_of(n.id) ELSE
               (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'typed', f.typed, 'e164', f.e164, 'kind', f.kind, 'valid', f.valid, 'safe', NULL)
                                          ORDER BY f.id), '[]') FROM iduo.company_phone f WHERE f.company_id = o.id AND NOT f.removed) END,
               CASE WHEN c.company_id IS NULL THEN iduo.emails_of(n.id) ELSE
               (SELECT coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'address', m.address, 'valid', m.valid, 'safe', NULL) ORDER BY m.id), '[]')
                FROM iduo.company_email m WHERE m.company_id = o.id AND NOT m.removed) END,
               c.contact_id, c.priority, c.risk
        FROM iduo.case c LEFT JOIN iduo.company o ON o.id = c.company_id LEFT JOIN iduo.contact n ON n.id = c.contact_id
        LEFT JOIN iduo.staff h ON h.login = c.assigned_to AND (c.assigned_to = session_user OR NOT iduo.lapsed(c.touched_at))
        LEFT JOIN LATERAL iduo.pressure_of(c.company_id, c.contact_id) p ON true
        WHERE c.id = p_case;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese caso no existe.');
    END IF;
    PERFORM iduo.count_rows_read(1);
END $$;

-- How a person is reached, in the shape of a client's telephones and addresses.
CREATE OR REPLACE FUNCTION iduo.phones_of(p_contact bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'typed', f.typed, 'e164', f.e164, 'kind', f.kind, 'valid', f.valid, 'safe', f.safe)
                              ORDER BY f.id), '[]') FROM iduo.contact_phone f WHERE f.contact_id = p_contact AND NOT f.removed
$$;
CREATE OR REPLACE FUNCTION iduo.emails_of(p_contact bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'address', m.address, 'valid', m.valid, 'safe', m.safe) ORDER BY m.id), '[]')
    FROM iduo.contact_email m WHERE m.contact_id = p_contact AND NOT m.removed
$$;

-- What happened with a client, or with a person in cases of his own: planned each time, so that only one of the two is asked for. Chats stand
-- among it where they began, each with its number below zero, of which no event is.
CREATE FUNCTION api.timeline(p_company bigint, p_before bigint DEFAULT NULL, p_limit integer DEFAULT 50, p_contact bigint DEFAULT NULL)
RETURNS TABLE (id bigint, at timestamptz, by text, by_name text, kind text, case_id bigint, channel text, direction text, text text,
               note text, undone boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
    v_limit integer;
    v_until timestamptz;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    v_limit := greatest(1, least(p_limit, 200));
    v_until := CASE WHEN p_before < 0 THEN (SELECT h.at FROM iduo.chat h WHERE h.id = -p_before) ELSE (SELECT x.at FROM iduo.case_event x WHERE x.id = p_before) END;
    RETURN QUERY
        WITH page AS MATERIALIZED (
            SELECT e.id, e.at, e.by, s.full_name, e.kind, e.case_id, a.channel, a.direction, e.detail,
                   concat_ws(' · ', nullif(e.note, ''), iduo.other_purpose(a), 'contactado igual: ' || nullif(a.override_reason, '')) AS note,
                   e.undone_at IS NOT NULL AS undone
            FROM (SELECT * FROM iduo.case_event c WHERE c.company_id = p_company
                  UNION ALL SELECT c.* FROM iduo.case k JOIN iduo.case_event c ON c.case_id = k.id
                      WHERE k.contact_id = p_contact AND p_company IS NULL) e
            JOIN iduo.staff s ON s.login = e.by LEFT JOIN iduo.attempt a ON a.event_id = e.id
            WHERE (p_before IS NULL OR p_before > 0 AND e.id < p_before OR p_before < 0 AND e.at < v_until)
            ORDER BY e.id DESC LIMIT v_limit
        ), talks AS MATERIALIZED (
            SELECT h.* FROM iduo.chat h WHERE (h.company_id = p_company OR p_company IS NULL AND h.contact_id = p_contact) AND h.lines > 0
              AND (p_before IS NULL OR h.at < v_until)
              AND h.at >= (SELECT CASE WHEN count(*) < v_limit THEN '-infinity' ELSE min(g.at) END FROM page g) ORDER BY h.at DESC LIMIT v_limit
        )
        SELECT f.id, f.at, f.by, f.full_name, f.kind, f.case_id, f.channel, f.direction, f.detail, f.note, f.undone FROM (
            SELECT g.*, g.id AS place FROM page g
            UNION ALL SELECT -h.id, h.at, coalesce(h.attended_by, ''), coalesce(iduo.name_of(h.attended_by), ''), 'chat', 0, 'chat', NULL, 'Chat del sitio',
                concat_ws(' · ', h.name, iduo.chat_told(h)), false, (SELECT max(g.id) FROM page g WHERE g.at <= h.at) FROM talks h
        ) f ORDER BY f.place DESC NULLS LAST, f.id > 0, f.at DESC;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

-- Cases that a coordinator took from me after the event p_after; p_after NULL: nothing, only where to start.
CREATE FUNCTION api.taken_from_me(p_after bigint DEFAULT NULL)
RETURNS TABLE (event bigint, case_id bigint, client text, by_name text, detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    IF p_after IS NULL THEN
        RETURN QUERY SELECT coalesce(max(e.id), 0), NULL::bigint, NULL::text, NULL::text, NULL::text FROM iduo.case_event e;
    END IF;
    RETURN QUERY
        SELECT e.id, e.case_id, coalesce(o.client, n.person), s.full_name, e.detail FROM iduo.case_event e
        JOIN iduo.case c ON c.id = e.case_id LEFT JOIN iduo.company o ON o.id = c.company_id LEFT JOIN iduo.contact n ON n.id = c.contact_id
        JOIN iduo.staff s ON s.login = e.by
        WHERE e.id > p_after AND e.kind = 'taken_over' AND e.before ->> 'assigned_to' = session_user ORDER BY e.id LIMIT 20;
END $$;

-- A lease of 90 s, renewed while the case is open; it never blocks anybody.
CREATE FUNCTION api.watch_case(p_case bigint, p_on boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_new boolean := true;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    PERFORM FROM iduo.staff s WHERE s.login = session_user FOR NO KEY UPDATE;
    IF p_on AND EXISTS (SELECT FROM iduo.case c WHERE c.id = p_case) THEN
        v_new := NOT EXISTS (SELECT FROM iduo.presence p WHERE p.login = session_user AND p.case_id = p_case AND p.until > clock_timestamp());
        DELETE FROM iduo.presence p WHERE p.login = session_user AND p.case_id <> p_case;
        INSERT INTO iduo.presence (login, case_id, until) VALUES (session_user, p_case, clock_timestamp() + interval '90 s')
            ON CONFLICT (login, case_id) DO UPDATE SET until = excluded.until;
    ELSE
        DELETE FROM iduo.presence p WHERE p.login = session_user AND p.case_id = p_case;
    END IF;
    IF v_new AND EXISTS (SELECT FROM iduo.case c WHERE c.id = p_case) THEN
        INSERT INTO iduo.change (table_name, id) VALUES ('case', p_case);
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION api.case_card, api.timeline, api.taken_from_me, api.watch_case TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
