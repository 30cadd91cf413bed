-- What an administrator can read back: who did what, who looked, and all that is kept on one client. Each read leaves a receipt.
SET LOCAL ROLE iduo_owner;

-- Receipt: what 'audit', subject 'log'.
CREATE FUNCTION api.audit_log(p_receipt bigint, p_actor text, p_table text, p_first timestamptz, p_last timestamptz, p_before bigint DEFAULT NULL,
                              p_limit integer DEFAULT 200)
RETURNS TABLE (id bigint, at timestamptz, actor text, actor_name text, table_name text, row_key text, operation text, changed text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    PERFORM iduo.check_receipt(p_receipt, 'audit', 'log');
    RETURN QUERY SELECT e.id, e.at, e.actor, coalesce(iduo.name_of(e.actor), e.actor), e.table_name, e.row_key, e.operation,
            ARRAY(SELECT k FROM jsonb_object_keys(coalesce(e.after, e.before)) k WHERE e.after -> k IS DISTINCT FROM e.before -> k ORDER BY k)
        FROM audit.entry e
        WHERE (p_actor IS NULL OR e.actor = p_actor) AND (p_table IS NULL OR e.table_name = p_table)
          AND (p_first IS NULL OR e.at >= p_first) AND (p_last IS NULL OR e.at < p_last) AND (p_before IS NULL OR e.id < p_before)
        ORDER BY e.id DESC LIMIT greatest(1, least(p_limit, 200));
END $$;

-- Who looked at what: the receipts. Receipt: what 'audit', subject 'access'.
CREATE FUNCTION api.access_log(p_receipt bigint, p_actor text, p_subject text, p_before bigint DEFAULT NULL, p_limit integer DEFAULT 200)
RETURNS TABLE (id bigint, at timestamptz, actor text, actor_name text, address text, what text, subject text, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    PERFORM iduo.check_receipt(p_receipt, 'audit', 'access');
    RETURN QUERY SELECT r.id, r.at, r.actor, coalesce(iduo.name_of(r.actor), r.actor), host(r.address), r.what, r.subject, r.reason
        FROM iduo.receipt r WHERE (p_actor IS NULL OR r.actor = p_actor) AND (p_subject IS NULL OR r.subject = p_subject)
          AND (p_before IS NULL OR r.id < p_before)
        ORDER BY r.id DESC LIMIT greatest(1, least(p_limit, 200));
END $$;

-- The persons of a client, and these persons, with all who were made one with them.
CREATE OR REPLACE FUNCTION iduo.persons_of(p_company bigint, p_contacts bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = '' AS $$
    WITH RECURSIVE one AS (
        SELECT n.id, n.merged_into FROM iduo.contact n WHERE n.company_id = p_company OR n.id = ANY (p_contacts)
        UNION SELECT n.id, n.merged_into FROM one o JOIN iduo.contact n ON n.merged_into = o.id OR n.id = o.merged_into)
    SELECT coalesce(array_agg(o.id), '{}') FROM one o
$$;

-- Everything kept on one client, for him to have: every table of audit.personal that has rows of his.
CREATE OR REPLACE FUNCTION iduo.record_of(p_company bigint, p_contacts bigint[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    WITH contacts AS (SELECT n.* FROM iduo.contact n WHERE n.id = ANY (iduo.persons_of(p_company, p_contacts))),
    documents AS (SELECT c.document FROM contacts c UNION SELECT o.document FROM iduo.company o WHERE o.id = p_company AND o.kind = 'person'),
    tickets AS (SELECT k.* FROM iduo.ticket k WHERE k.company_id = p_company OR k.contact_id IN (SELECT c.id FROM contacts c)
                OR k.document <> '' AND k.document IN (SELECT d.document FROM documents d)),
    calls AS (SELECT l.* FROM iduo.call l WHERE l.id IN (SELECT k.call_id FROM tickets k UNION
                SELECT m.call_id FROM iduo.call_ticket m WHERE m.ticket_id IN (SELECT k.id FROM tickets k) UNION
                SELECT d.call_id FROM iduo.disclosure d WHERE d.company_id = p_company UNION
                SELECT o.id FROM iduo.calls_of(p_company, ARRAY(SELECT c.id FROM contacts c)) o(id))),
    cases AS (SELECT c.id FROM iduo.case c WHERE c.company_id = p_company OR c.contact_id IN (SELECT n.id FROM contacts n))
    SELECT jsonb_build_object(
        'cliente', (SELECT to_jsonb(o) - 'imported' - 'search_text' - 'client_key' - 'unit_key' - 'unit_digits' FROM iduo.company o WHERE o.id = p_company),
        'telefonos', (SELECT coalesce(jsonb_agg(to_jsonb(p) - 'search_key' ORDER BY p.id), '[]') FROM iduo.company_phone p WHERE p.company_id = p_company),
        'mails', (SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY m.id), '[]') FROM iduo.company_email m WHERE m.company_id = p_company),
        'prorrogas', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM iduo.extension x WHERE x.company_id = p_company),
        'casos', (SELECT coalesce(jsonb_agg(to_jsonb(c) - 'client_key' - 'work_key' - 'debt_key' - 'cutoff_key' ORDER BY c.id), '[]')
                  FROM iduo.case c WHERE c.id IN (SELECT x.id FROM cases x)),
        'historia', (SELECT coalesce(jsonb_agg(to_jsonb(e) - 'before' - 'payload_hash' - 'key' ORDER BY e.id), '[]') FROM iduo.case_event e
                     WHERE e.case_id IN (SELECT x.id FROM cases x)),
        'contactos', (SELECT coalesce(jsonb_agg(to_jsonb(a) - 'search_key' ORDER BY a.id), '[]') FROM iduo.attempt a WHERE a.case_id IN (SELECT x.id FROM cases x)),
        'no_contactar', (SELECT coalesce(jsonb_agg(to_jsonb(e) - 'search_key' ORDER BY e.id), '[]') FROM iduo.no_contact e WHERE e.search_key IN (
            SELECT k.search_key FROM iduo.keys_of(ARRAY[p_company], array_fill(1::bigint, ARRAY[(SELECT count(*)::integer FROM contacts)]), ARRAY(SELECT c.id FROM contacts c)) k)),
        'listas_de_no_contactar', (SELECT coalesce(jsonb_agg(DISTINCT l.name), '[]') FROM iduo.no_contact_number n JOIN iduo.no_contact_list l ON l.id = n.list_id
            WHERE n.search_key IN (SELECT k.search_key FROM iduo.keys_of(
                ARRAY[p_company], array_fill(1::bigint, ARRAY[(SELECT count(*)::integer FROM contacts)]), ARRAY(SELECT c.id FROM contacts c)) k)),
        'cierres', (SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.id), '[]') FROM iduo.closing g WHERE g.case_id IN (SELECT x.id FROM cases x)),
        'promesas', (SELECT coalesce(jsonb_agg(to_jsonb(q) ORDER BY q.id), '[]') FROM iduo.promise q WHERE q.case_id IN (SELECT x.id FROM cases x)),
        'encuestas', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.id), '[]') FROM iduo.survey_answer s WHERE s.case_id IN (SELECT x.id FROM cases x)),
        'personas', (SELECT coalesce(jsonb_agg(to_jsonb(c) - 'person_key' - 'search_text' - 'payload_hash' - 'key' || jsonb_build_object(
            'telefonos', (SELECT coalesce(jsonb_agg(to_jsonb(p) - 'search_key' ORDER BY p.id), '[]') FROM iduo.contact_phone p WHERE p.contact_id = c.id),
            'mails', (SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY m.id), '[]') FROM iduo.contact_email m WHERE m.contact_id = c.id)) ORDER BY c.id), '[]')
            FROM contacts c),
        'avisos', (SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.id), '[]') FROM iduo.contact_flag f WHERE f.contact_id IN (SELECT c.id FROM contacts c)),
        -- row security shows an administrator neither health nor the support network
        'secciones', (SELECT coalesce(jsonb_agg(to_jsonb(s) || jsonb_build_object('seccion', f.title) ORDER BY s.id), '[]') FROM iduo.contact_section s
                      JOIN iduo.form f ON f.id = s.form_id WHERE s.contact_id IN (SELECT c.id FROM contacts c)
                        AND (NOT f.reserved OR iduo.may_read_reserved(s.contact_id))),
        'red_de_apoyo', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.id), '[]') FROM iduo.contact_relation r
                         WHERE r.contact_id IN (SELECT c.id FROM contacts c) AND iduo.may_read_reserved(r.contact_id)),
        'cambios', (SELECT coalesce(jsonb_agg(to_jsonb(e) - 'payload_hash' - 'key' ORDER BY e.id), '[]') FROM iduo.contact_event e
                    WHERE e.contact_id IN (SELECT c.id FROM contacts c)),
        'uniones', (SELECT coalesce(jsonb_agg(to_jsonb(m) - 'moved' ORDER BY m.id), '[]') FROM iduo.contact_merge m
                    WHERE m.keep_id IN (SELECT c.id FROM contacts c) OR m.other_id IN (SELECT c.id FROM contacts c)),
        'mensajes', (SELECT coalesce(jsonb_agg(to_jsonb(k) - 'words' - 'payload_hash' - 'key' - 'phone_key' - 'person_key' - 'company_key' - 'surname_key'
                                               - 'work_key' ORDER BY k.id), '[]') FROM tickets k),
        'historia_de_mensajes', (SELECT coalesce(jsonb_agg(to_jsonb(v) - 'payload_hash' - 'key' ORDER BY v.id), '[]') FROM iduo.ticket_event v
                                 WHERE v.ticket_id IN (SELECT k.id FROM tickets k)),
        'conversaciones', (SELECT coalesce(jsonb_agg(to_jsonb(m) - 'payload_hash' - 'key' - 'address_key' ORDER BY m.id), '[]') FROM iduo.message m
                           JOIN iduo.conversation v ON v.id = m.conversation_id WHERE v.company_id = p_company OR v.contact_id IN (SELECT c.id FROM contacts c)
                             OR m.case_id IN (SELECT x.id FROM cases x)),
        'llamadas', (SELECT coalesce(jsonb_agg(to_jsonb(l) - 'payload_hash' - 'key' - 'search_key' - 'late_key' ORDER BY l.id), '[]') FROM calls l),
        'chats', (SELECT coalesce(jsonb_agg(to_jsonb(h) - 'token_hash' - 'address_hash' || jsonb_build_object('lineas', (
                      SELECT coalesce(jsonb_agg(to_jsonb(l) - 'payload_hash' - 'key' ORDER BY l.seq), '[]') FROM iduo.chat_line l WHERE l.chat_id = h.id)) ORDER BY h.id), '[]')
                  FROM iduo.chat h WHERE h.company_id = p_company OR h.contact_id IN (SELECT c.id FROM contacts c)),
        'tareas', (SELECT coalesce(jsonb_agg(to_jsonb(t) - 'payload_hash' - 'key' - 'late_key' ORDER BY t.id), '[]') FROM iduo.task t
                   WHERE t.contact_id IN (SELECT n.id FROM contacts n) OR t.case_id IN (SELECT c.id FROM cases c)),
        'historia_de_la_agenda', (SELECT coalesce(jsonb_agg(to_jsonb(e) - 'payload_hash' - 'key' ORDER BY e.id), '[]') FROM iduo.agenda_event e
                   WHERE e.call_id IN (SELECT l.id FROM calls l) OR e.case_id IN (SELECT c.id FROM cases c) OR e.task_id IN (SELECT t.id FROM iduo.task t
                       WHERE t.contact_id IN (SELECT n.id FROM contacts n) OR t.case_id IN (SELECT c.id FROM cases c))),
        'atenciones', (SELECT coalesce(jsonb_agg((to_jsonb(a) - 'payload_hash' - 'key' - 'before') #- '{made,people}' #- '{made,relations}' #- '{made,sections}'
                                                   ORDER BY a.id), '[]') FROM iduo.attention a
                       WHERE a.contact_id IN (SELECT n.id FROM contacts n)),
        'rutas', (SELECT coalesce(jsonb_agg(to_jsonb(a) || jsonb_build_object('route', r.label) ORDER BY a.id), '[]')
                  FROM iduo.route_activation a JOIN iduo.route r ON r.id = a.route_id
                  WHERE a.contact_id IN (SELECT n.id FROM contacts n) OR a.case_id IN (SELECT c.id FROM cases c)),
        'divulgaciones', (SELECT coalesce(jsonb_agg(to_jsonb(d) - 'payload_hash' - 'key' ORDER BY d.id), '[]') FROM iduo.disclosure d
                                WHERE d.company_id = p_company OR d.ticket_id IN (SELECT k.id FROM tickets k)),
        -- how to reach assistants is no data of his
        'importaciones', (SELECT coalesce(jsonb_agg(to_jsonb(b) - 'before' #- '{payload,assistants}' #- '{payload,matched}' ORDER BY b.batch_id, b.row), '[]') FROM iduo.batch_row b
                          WHERE b.company_id = p_company OR b.contact_id IN (SELECT c.id FROM contacts c) OR b.ticket_id IN (SELECT k.id FROM tickets k)))
        || CASE WHEN iduo.may('coordinator') THEN '{}'
                ELSE '{"reservado": "Las secciones reservadas y la red de apoyo las entrega coordinación."}'::jsonb END
$$;

-- Receipt: what 'person', subject the company's id.
CREATE FUNCTION api.person_record(p_receipt bigint, p_company bigint)
RETURNS TABLE (record text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    PERFORM iduo.check_receipt(p_receipt, 'person', p_company::text);
    RETURN QUERY SELECT iduo.record_of(o.id, '{}')::text FROM iduo.company o WHERE o.id = p_company;
END $$;
GRANT EXECUTE ON FUNCTION api.audit_log, api.access_log, api.person_record TO iduo_admin;
RESET ROLE;
