-- All about one person but what is reserved, in one call.
SET LOCAL ROLE iduo_owner;

-- What is next with a person: a planned call, a task, or his case to be taken up again.
CREATE OR REPLACE FUNCTION iduo.next_with(p_contact bigint, OUT at timestamptz, OUT what text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT x.at, x.what FROM (
        SELECT l.starts_at, CASE l.direction WHEN 'inbound' THEN 'llamada entrante' ELSE 'llamada' END FROM iduo.call l
            WHERE l.contact_id = p_contact AND l.state = 'planned'
        UNION ALL SELECT t.due_at, t.title FROM iduo.task t WHERE t.contact_id = p_contact AND t.state = 'open'
        UNION ALL SELECT c.next_action_at, 'volver a contactar' FROM iduo.case c
            WHERE c.contact_id = p_contact AND c.state = 'open' AND c.next_action_at IS NOT NULL
    ) AS x(at, what) ORDER BY x.at LIMIT 1
$$;

-- The calls of a person: with him, or in which a message of his was taken or read.
CREATE OR REPLACE FUNCTION iduo.calls_of(p_contact bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT l.id FROM iduo.call l WHERE l.contact_id = p_contact
    UNION SELECT m.call_id FROM iduo.call_contact m WHERE m.contact_id = p_contact
    UNION SELECT m.call_id FROM iduo.ticket k JOIN iduo.call_ticket m ON m.ticket_id = k.id WHERE k.contact_id = p_contact
$$;

-- True where one may ask for what is reserved of a person: a coordinator; an operator while a case of that person is open and his own.
CREATE OR REPLACE FUNCTION iduo.may_read_reserved(p_contact bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT iduo.may('coordinator') OR iduo.may('operator') AND EXISTS (
        SELECT FROM iduo.case c WHERE c.contact_id = p_contact AND c.state = 'open' AND c.assigned_to = session_user)
$$;

CREATE OR REPLACE FUNCTION iduo.sections_of(p_contact bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('form_id', f.id, 'title', f.title, 'reserved', f.reserved,
            'may_read', NOT f.reserved OR iduo.may_read_reserved(p_contact), 'filled_at', s.at, 'filled_by', coalesce(iduo.name_of(s.by), ''))
            ORDER BY f.id), '[]')
    FROM iduo.form f LEFT JOIN iduo.contact_section s ON s.form_id = f.id AND s.contact_id = p_contact AND s.latest
    WHERE f.kind = 'contact_section' AND (f.active AND EXISTS (
        SELECT FROM iduo.form_version v WHERE v.form_id = f.id AND v.state = 'published') OR s.id IS NOT NULL)
$$;

CREATE OR REPLACE FUNCTION iduo.cases_of(p_contact bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'subject', c.subject, 'list', c.list, 'closed', c.state = 'closed', 'priority', c.priority,
            'risk', c.risk, 'holder', coalesce(iduo.name_of(c.assigned_to), ''), 'opened_at', c.opened_at, 'next_action_at', c.next_action_at)
            ORDER BY c.id DESC), '[]')
    FROM (SELECT * FROM iduo.case x WHERE x.contact_id = p_contact ORDER BY x.id DESC LIMIT 100) c
$$;

CREATE FUNCTION api.contact_record(p_contact bigint)
RETURNS TABLE (id bigint, version integer, surname text, names text, person text, document_type text, document text, birth_date date,
               company_id bigint, company_number bigint, company text, note text, safe_when text, safe_where text, safe_words text,
               phones jsonb, emails jsonb, call_first bigint, flags jsonb, sections jsonb, cases jsonb, tickets integer, calls integer, tasks integer,
               network integer, next_at timestamptz, next_what text, route text, duplicates jsonb, merged_into bigint, level integer,
               at timestamptz, by_name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_id bigint;
    v_duplicates jsonb;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    PERFORM iduo.need_nothing_written();  -- what it counts would tell who is in a network
    v_id := iduo.who_stayed(p_contact);
    IF v_id IS NULL THEN
        PERFORM iduo.refuse('Ese contacto no existe.');
    END IF;
    SELECT iduo.duplicates_of(c) INTO v_duplicates FROM iduo.contact c WHERE c.id = v_id;
    RETURN QUERY
        SELECT c.id, c.version, c.surname, c.names, c.person, c.document_type, c.document, c.birth_date, c.company_id, o.number, coalesce(o.client, ''),
               c.note, c.safe_when, c.safe_where, c.safe_words, iduo.phones_of(v_id), iduo.emails_of(v_id),
               (SELECT f.id FROM iduo.contact_phone f WHERE f.contact_id = v_id AND NOT f.removed AND f.safe IS NOT FALSE
                ORDER BY f.safe NULLS LAST, f.valid DESC, f.id LIMIT 1),
               iduo.flags_of(v_id), iduo.sections_of(v_id), iduo.cases_of(v_id),
               (SELECT count(*)::integer FROM iduo.ticket k WHERE k.contact_id = v_id),
               (SELECT count(*)::integer FROM iduo.calls_of(v_id)),
               (SELECT count(*)::integer FROM iduo.task t WHERE t.contact_id = v_id AND t.state = 'open'),
               (SELECT count(*)::integer FROM iduo.contact_relation r WHERE r.contact_id = v_id AND NOT r.removed),
               n.at, coalesce(n.what, ''),
               coalesce((SELECT r.label || to_char(a.activated_at AT TIME ZONE 'America/Argentina/Buenos_Aires', ' (DD/MM)') FROM iduo.route_activation a
                         JOIN iduo.route r ON r.id = a.route_id
                         WHERE a.id IN (SELECT iduo.routes_of(v_id)) AND a.acknowledged_at IS NULL ORDER BY a.id DESC LIMIT 1), ''),
               v_duplicates, CASE WHEN v_id <> p_contact THEN v_id END,
               coalesce((SELECT p.level FROM iduo.pressure_of(NULL, v_id) p), 0), c.at, coalesce(iduo.name_of(c.by), '')
        FROM iduo.contact c LEFT JOIN iduo.company o ON o.id = c.company_id LEFT JOIN LATERAL iduo.next_with(v_id) n ON true
        WHERE c.id = v_id;
    PERFORM iduo.count_rows_read(1 + jsonb_array_length(v_duplicates));
END $$;
GRANT EXECUTE ON FUNCTION api.contact_record TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
