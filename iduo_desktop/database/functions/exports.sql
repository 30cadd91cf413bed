-- Lists that leave the house whole: a receipt with list, filter and count first, committed; then page by page for 15 minutes, to its own person.
SET LOCAL ROLE iduo_owner;

-- The subject is "cases delinquent {…}" or "tickets open {…}" ("all" for every state); the reason says how many rows it had.
CREATE OR REPLACE FUNCTION iduo.leave_export(p_what text, p_list text, p_filter jsonb, p_rows bigint, p_reason text) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_subject text := concat_ws(' ', p_what, p_list, p_filter::text);
BEGIN
    IF length(v_subject) > 500 THEN
        PERFORM iduo.refuse('El filtro es demasiado largo: acortalo para exportar.');
    END IF;
    PERFORM iduo.count_command();  -- how many there are is told also where the receipt is taken back
    RETURN iduo.leave_receipt('export', v_subject, format('%s · %s filas', p_reason, p_rows));
END $$;

-- What is asked before a list goes out: one of those that there are, what it is narrowed to, and what for.
CREATE OR REPLACE FUNCTION iduo.need_export_asked(p_known text[], p_list text, p_filter jsonb, p_reason text, OUT filter jsonb, OUT reason text)
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF (p_list = ANY (p_known)) IS NOT TRUE THEN
        PERFORM iduo.refuse('Esa lista no existe.');
    END IF;
    reason := iduo.need('reason', p_reason, 'Escribí para qué la exportás.', 450);
    IF jsonb_typeof(coalesce(p_filter, '{}')) <> 'object' THEN
        PERFORM iduo.refuse('Esa lista no se entiende: volvé a abrirla.');
    END IF;
    filter := (SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}') FROM jsonb_each(coalesce(p_filter, '{}')) f WHERE f.value NOT IN ('null', '""')
               AND NOT (f.key IN ('free', 'not_contacted_today', 'never_contacted') AND f.value = 'false'));
END $$;

-- What a receipt lets read: the list and its filter. Not in the transaction that leaves it, so that no trace can be taken back.
CREATE OR REPLACE FUNCTION iduo.need_export(p_receipt bigint, p_what text, OUT list text, OUT filter jsonb)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    r iduo.receipt;
BEGIN
    SELECT * INTO r FROM iduo.receipt x WHERE x.id = p_receipt AND x.actor = session_user AND x.what = 'export' AND x.subject ^@ (p_what || ' ')
        AND x.at > clock_timestamp() - interval '15 minutes';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'La exportación venció: pedila de nuevo.' USING ERRCODE = '42501';
    END IF;
    PERFORM iduo.need_nothing_written();
    list := split_part(r.subject, ' ', 2);
    filter := substr(r.subject, length(p_what) + length(list) + 3)::jsonb;
END $$;

CREATE FUNCTION api.open_case_export(p_list text, p_filter jsonb, p_reason text)
RETURNS TABLE (receipt bigint, rows integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_filter jsonb;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    SELECT * INTO v_filter, p_reason FROM iduo.need_export_asked(ARRAY['mine', 'suspended', 'delinquent', 'withdrawn', 'active', 'closed'], p_list,
                                                                 p_filter, p_reason);
    rows := (SELECT count(*) FROM iduo.case_positions(p_list, v_filter, 'work', false, NULL, NULL, 2147483647));
    receipt := iduo.leave_export('cases', p_list, v_filter, rows, p_reason);
    RETURN NEXT;
END $$;

CREATE FUNCTION api.export_cases(p_receipt bigint, p_after jsonb DEFAULT NULL, p_limit integer DEFAULT 1000)
RETURNS TABLE (case_id bigint, company_number bigint, client text, document text, list text, state text, holder text, debt numeric, cutoff_date date,
               extended_until date, plan text, street text, locality text, province text, phones text, emails text, attempts integer, calls integer,
               whatsapps integer, mails integer, sms integer, last_contact_at timestamptz, last_note text, next_action_at timestamptz,
               opened_at timestamptz, closed_at timestamptz, closed_by text, closing_reason text, closing_status text, closing_values text, "position" text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_ids bigint[];
    v_positions jsonb[];
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    SELECT array_agg(p.id), array_agg(p."position") INTO v_ids, v_positions
    FROM iduo.need_export(p_receipt, 'cases') e, LATERAL iduo.case_positions(e.list, e.filter, 'work', false, p_after, NULL,
                                                                             greatest(1, least(coalesce(p_limit, 1000), 1000))) p;
    RETURN QUERY
        SELECT c.id, o.number, coalesce(o.client, n.person), coalesce(nullif(o.document, ''), nullif(o.tax_id, ''), n.document, ''), c.list, c.state,
               coalesce(iduo.name_of(c.assigned_to), ''), c.debt, c.cutoff_date, c.extended_until, c.plan, coalesce(o.street, ''), coalesce(o.locality, ''),
               coalesce(o.province, ''), coalesce(iduo.phones_told(c.company_id, c.contact_id), ''), coalesce(iduo.emails_told(c.company_id, c.contact_id), ''),
               c.attempts, c.calls, c.whatsapps, c.emails, c.sms, c.last_contact_at,
               coalesce((SELECT a.note FROM iduo.attempt a WHERE a.case_id = c.id AND a.undone_at IS NULL ORDER BY a.id DESC LIMIT 1), ''),
               c.next_action_at, c.opened_at, c.closed_at, coalesce(iduo.name_of(c.closed_by), ''), coalesce(c.closing_reason, ''),
               coalesce(c.closing_status, ''), CASE WHEN c.state = 'closed' THEN iduo.closing_told(c.id) ELSE '' END, l."position"::text
        FROM unnest(v_ids, v_positions) WITH ORDINALITY AS l(id, "position", n)
        JOIN iduo.case c ON c.id = l.id
        LEFT JOIN iduo.company o ON o.id = c.company_id
        LEFT JOIN iduo.contact n ON n.id = c.contact_id
        ORDER BY l.n;
END $$;

-- How somebody is reached, in one cell: a client's, else the person's, where what is not safe says so.
CREATE OR REPLACE FUNCTION iduo.phones_told(p_company bigint, p_contact bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT string_agg(x.told, ', ' ORDER BY x.id) FROM (
        SELECT p.id, p.typed AS told FROM iduo.company_phone p WHERE p.company_id = p_company AND NOT p.removed
        UNION ALL SELECT p.id, p.typed || CASE WHEN p.safe IS FALSE THEN ' (no llamar)' ELSE '' END FROM iduo.contact_phone p
        WHERE p_company IS NULL AND p.contact_id = p_contact AND NOT p.removed) x
$$;

CREATE OR REPLACE FUNCTION iduo.emails_told(p_company bigint, p_contact bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT string_agg(x.told, ', ' ORDER BY x.id) FROM (
        SELECT m.id, m.address AS told FROM iduo.company_email m WHERE m.company_id = p_company AND NOT m.removed
        UNION ALL SELECT m.id, m.address || CASE WHEN m.safe IS FALSE THEN ' (no escribir)' ELSE '' END FROM iduo.contact_email m
        WHERE p_company IS NULL AND m.contact_id = p_contact AND NOT m.removed) x
$$;

-- The form that a case was closed with, as people read it.
CREATE OR REPLACE FUNCTION iduo.closing_told(p_case bigint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    RETURN coalesce((SELECT string_agg(format('%s: %s', x ->> 'label', x ->> 'value'), '; ' ORDER BY n)
        FROM (SELECT k.form_version_id, k.values FROM iduo.closing k WHERE k.case_id = p_case AND k.undone_at IS NULL ORDER BY k.id DESC LIMIT 1) k,
             jsonb_array_elements(iduo.ticket_extras(k.form_version_id, k.values)) WITH ORDINALITY AS a(x, n)), '');
END $$;

CREATE FUNCTION api.open_ticket_export(p_state text, p_filter jsonb, p_reason text)
RETURNS TABLE (receipt bigint, rows integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_filter jsonb;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    p_state := coalesce(nullif(p_state, ''), 'all');
    SELECT * INTO v_filter, p_reason FROM iduo.need_export_asked(iduo.export_states('all') || ARRAY['all'], p_state, p_filter, p_reason);
    rows := (SELECT count(*) FROM unnest(iduo.export_states(p_state)) s, LATERAL iduo.ticket_positions(s, v_filter, 'work', false, NULL, NULL, 2147483647));
    receipt := iduo.leave_export('tickets', p_state, v_filter, rows, p_reason);
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION iduo.export_states(p_state text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT coalesce(array_agg(s ORDER BY n), '{}') FROM unnest(ARRAY['open', 'awaiting_answer', 'awaiting_communication', 'communicated']) WITH ORDINALITY AS x(s, n)
    WHERE p_state IN (s, 'all')
$$;

-- One state after the other; a position is [which of them, where in its list].
CREATE OR REPLACE FUNCTION iduo.export_ticket_positions(p_receipt bigint, p_after jsonb, p_limit integer) RETURNS TABLE (id bigint, "position" jsonb)
LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    e record;
    v_states text[];
    v_count integer;
    v_first integer := 1;
BEGIN
    SELECT * INTO e FROM iduo.need_export(p_receipt, 'tickets');
    v_states := iduo.export_states(e.list);
    IF p_after IS NOT NULL THEN
        IF NOT coalesce(p_after ->> 0 ~ '^[1-4]$' AND jsonb_typeof(p_after -> 1) = 'array', false) THEN
            PERFORM iduo.refuse('Esa página ya no se entiende: volvé a abrir la lista.');
        END IF;
        v_first := (p_after ->> 0)::integer;
        p_after := p_after -> 1;
    END IF;
    FOR i IN v_first .. cardinality(v_states) LOOP
        RETURN QUERY SELECT p.id, jsonb_build_array(i, p."position") FROM iduo.ticket_positions(v_states[i], e.filter, 'work', false, p_after, NULL, p_limit) p;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        p_limit := p_limit - v_count;
        p_after := NULL;
        EXIT WHEN p_limit <= 0;
    END LOOP;
END $$;

CREATE FUNCTION api.export_tickets(p_receipt bigint, p_after jsonb DEFAULT NULL, p_limit integer DEFAULT 1000)
RETURNS TABLE (ticket_id bigint, number bigint, "check" text, state text, kind text, channel text, topic text, caller_kind text, surname text, names text,
               document text, phone text, email text, company_number bigint, company text, text text, remarks text, insisted integer, at timestamptz,
               taken_by text, answer text, answered_at timestamptz, answered_by text, communicated_at timestamptz, communicated_to text, "position" text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_ids bigint[];
    v_positions jsonb[];
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    SELECT array_agg(p.id), array_agg(p."position") INTO v_ids, v_positions
    FROM iduo.export_ticket_positions(p_receipt, p_after, greatest(1, least(coalesce(p_limit, 1000), 1000))) p;
    RETURN QUERY
        SELECT t.id, t.number, iduo.check_digit(t.number), t.state, t.kind, t.channel, t.topic, t.caller_kind, t.surname, t.names, t.document, t.phone,
               t.email, t.company_number, t.company, t.text,
               coalesce((SELECT string_agg(e.text, E'\n' ORDER BY e.id) FROM iduo.ticket_event e WHERE e.ticket_id = t.id AND e.kind = 'insisted'), ''),
               t.insisted, t.at, coalesce(iduo.name_of(t.created_by), t.created_by), t.answer, t.answered_at, coalesce(iduo.name_of(t.answered_by), ''),
               t.communicated_at, t.communicated_to, l."position"::text
        FROM unnest(v_ids, v_positions) WITH ORDINALITY AS l(id, "position", n) JOIN iduo.ticket t ON t.id = l.id ORDER BY l.n;
END $$;
GRANT EXECUTE ON FUNCTION api.open_case_export, api.export_cases, api.open_ticket_export, api.export_tickets TO iduo_coordinator, iduo_admin;

-- Persons by name: "all" of them, or those with an "open" case; the filter is {"text": how the name begins}.
CREATE FUNCTION api.open_contact_export(p_list text, p_filter jsonb, p_reason text)
RETURNS TABLE (receipt bigint, rows integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_filter jsonb;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    SELECT * INTO v_filter, p_reason FROM iduo.need_export_asked(ARRAY['all', 'open'], p_list, p_filter, p_reason);
    v_filter := CASE WHEN v_filter ->> 'text' <> '' THEN jsonb_build_object('text', left(v_filter ->> 'text', 200)) ELSE '{}' END;
    rows := (SELECT count(*) FROM iduo.contact_positions(coalesce(v_filter ->> 'text', ''), p_list = 'open', NULL, 2147483647));
    receipt := iduo.leave_export('contacts', p_list, v_filter, rows, p_reason);
    RETURN NEXT;
END $$;

-- What the list shows, with all telephones and addresses; sections and support networks stay in the records.
CREATE FUNCTION api.export_contacts(p_receipt bigint, p_after jsonb DEFAULT NULL, p_limit integer DEFAULT 1000)
RETURNS TABLE (contact_id bigint, surname text, names text, document text, birth_date date, phones text, emails text, company_number bigint, company text,
               open_cases integer, next_action_at timestamptz, flags text, "position" text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_ids bigint[];
    v_positions jsonb[];
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    PERFORM iduo.need_contact_cursor(p_after);
    SELECT array_agg(p.id), array_agg(p."position") INTO v_ids, v_positions
    FROM iduo.need_export(p_receipt, 'contacts') e, LATERAL iduo.contact_positions(coalesce(e.filter ->> 'text', ''), e.list = 'open', p_after,
                                                                                   greatest(1, least(coalesce(p_limit, 1000), 1000))) p;
    RETURN QUERY
        SELECT c.id, c.surname, c.names, c.document, c.birth_date, coalesce(iduo.phones_told(NULL, c.id), ''), coalesce(iduo.emails_told(NULL, c.id), ''),
               o.number, coalesce(o.client, ''), (SELECT count(*)::integer FROM iduo.case k WHERE k.contact_id = c.id AND k.state = 'open'), n.at,
               coalesce((SELECT string_agg(f ->> 'text', ' · ') FROM jsonb_array_elements(iduo.flags_of(c.id)) f), ''), l."position"::text
        FROM unnest(v_ids, v_positions) WITH ORDINALITY AS l(id, "position", n)
        JOIN iduo.contact c ON c.id = l.id LEFT JOIN iduo.company o ON o.id = c.company_id LEFT JOIN LATERAL iduo.next_with(c.id) n ON true
        ORDER BY l.n;
END $$;
GRANT EXECUTE ON FUNCTION api.open_contact_export, api.export_contacts TO iduo_coordinator, iduo_admin;

-- Choices of columns, the same for everybody.
CREATE FUNCTION api.column_profiles(p_kind text)
RETURNS TABLE (id integer, kind text, name text, fields text, "default" boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    RETURN QUERY SELECT p.id, p.kind, p.name, p.fields::text, p.is_default FROM iduo.column_profile p
        WHERE p.kind = p_kind ORDER BY p.is_default DESC, iduo.sort_key(p.name), p.id;
END $$;

CREATE FUNCTION api.keep_column_profile(p_kind text, p_name text, p_fields jsonb, p_default boolean)
RETURNS TABLE (id integer, kind text, name text, fields text, "default" boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    IF p_kind IS NULL OR p_kind NOT IN ('sending', 'cases', 'tickets', 'answers', 'clients', 'companies', 'contacts') THEN
        PERFORM iduo.refuse('Eso no tiene columnas que elegir.');
    ELSIF coalesce(jsonb_typeof(p_fields), '') NOT IN ('array', 'object') OR p_fields IN ('[]', '{}') OR octet_length(p_fields::text) > 30000 THEN
        PERFORM iduo.refuse('Elegí al menos una columna.');
    END IF;
    p_name := iduo.need('name', p_name, 'Ponele un nombre a la plantilla.', 80);
    IF coalesce(p_default, false) THEN
        -- one after the other, in the same order for all: two at once do not both become the usual one
        PERFORM FROM iduo.column_profile p WHERE p.kind = p_kind ORDER BY p.id FOR NO KEY UPDATE;
        UPDATE iduo.column_profile p SET is_default = false, by = session_user WHERE p.kind = p_kind AND p.is_default AND p.name <> p_name;
    END IF;
    RETURN QUERY INSERT INTO iduo.column_profile AS p (kind, name, fields, is_default, by) VALUES (p_kind, p_name, p_fields, coalesce(p_default, false), session_user)
        ON CONFLICT (kind, name) DO UPDATE SET fields = excluded.fields, is_default = excluded.is_default, by = excluded.by, at = clock_timestamp()
        RETURNING p.id, p.kind, p.name, p.fields::text, p.is_default;
EXCEPTION WHEN unique_violation THEN
    PERFORM iduo.refuse('Otra persona está guardando plantillas en este momento: guardá de nuevo.');
END $$;

CREATE FUNCTION api.drop_column_profile(p_profile integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    DELETE FROM iduo.column_profile p WHERE p.id = p_profile;
END $$;
GRANT EXECUTE ON FUNCTION api.column_profiles TO iduo_coordinator, iduo_admin, iduo_job;
GRANT EXECUTE ON FUNCTION api.keep_column_profile, api.drop_column_profile TO iduo_coordinator, iduo_admin;
RESET ROLE;
