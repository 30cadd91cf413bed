-- Taking a person out of everything that is kept: of one person when he asks for it, of all of them from what is old. Facts and counts stay.
SET LOCAL ROLE iduo_audit;

-- Blanks what is said of a client, his contacts, their tickets and calls, in their tables and in the audit log. Doing it again changes nothing.
CREATE OR REPLACE FUNCTION audit.erase(p_company bigint, p_contacts bigint[], p_tickets bigint[], p_calls bigint[],
                                       OUT rows integer, OUT entries integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    t record;
    v_first bigint := (SELECT coalesce(max(e.id), 0) FROM audit.entry e);
    v_keys text[];
    v_subjects text[] := '{}';
    v_count integer;
BEGIN
    rows := 0;
    entries := 0;
    FOR t IN SELECT p.name, p.link, b.key, b.blank, b.changed FROM audit.personal() p, audit.blanking(p.name) b WHERE p.link IS NOT NULL LOOP
        EXECUTE format('SELECT coalesce(array_agg(%s), ''{}'') FROM iduo.%I t WHERE %s', t.key, t.name, t.link)
            INTO v_keys USING p_company, p_contacts, p_tickets, p_calls;
        v_subjects := v_subjects || ARRAY(SELECT t.name || ':' || k FROM unnest(v_keys) k);
        EXECUTE format('UPDATE iduo.%I t SET %s WHERE (%s) AND (%s)', t.name, t.blank, t.link, t.changed)
            USING p_company, p_contacts, p_tickets, p_calls;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        rows := rows + v_count;
        entries := entries + audit.blank_entries(format('e.table_name = %L AND e.row_key = ANY ($1)', t.name), v_keys);
    END LOOP;
    UPDATE iduo.receipt r SET reason = '(borrado)' WHERE r.reason <> '(borrado)'
        AND (r.what IN ('person', 'assistants') AND r.subject = p_company::text OR r.what = 'audit' AND r.subject = ANY (v_subjects)
             OR r.what = 'section' AND split_part(r.subject, ':', 1) = ANY (p_contacts::text[]));
    -- what this itself has left in the log, and what followed from it by triggers
    PERFORM audit.blank_entries(format('e.id > %s AND e.xid = pg_current_xact_id()', v_first), NULL);
END $$;

-- How the rows of a table are blanked: their key as the log has it, the assignments, and which rows need it.
CREATE OR REPLACE FUNCTION audit.blanking(p_table text, OUT key text, OUT blank text, OUT changed text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    WITH columns AS (
        SELECT a.attname, quote_ident(a.attname) AS name, a.attnotnull, a.atttypid::regtype::text AS type,
               ltrim(m.name, '!') = ANY (SELECT ltrim(x, '!') FROM unnest(p.marked) x) AS marked, m.name ^@ '!' AS always
        FROM audit.personal() p, unnest(p.marked || p.emptied) m(name)
        JOIN pg_catalog.pg_attribute a ON a.attname = ltrim(m.name, '!')
        WHERE p.name = p_table AND a.attrelid = format('iduo.%I', p_table)::regclass
    ), blanks AS (
        SELECT c.name, CASE
            WHEN c.always THEN '''(borrado)'''
            WHEN c.marked THEN format('CASE WHEN t.%s <> '''' THEN ''(borrado)'' ELSE t.%1$s END', c.name)
            WHEN c.attname = 'values' THEN 'audit.blanked_answers(t.form_version_id, t."values")'
            WHEN c.type = 'bytea' THEN format('CASE WHEN t.%s IS NOT NULL THEN decode(repeat(''00'', 32), ''hex'') END', c.name)
            WHEN NOT c.attnotnull THEN 'NULL'
            WHEN c.type = 'jsonb' THEN '''{}''' ELSE '''''' END AS value
        FROM columns c
    )
    SELECT (SELECT string_agg(format('t.%I::text', a.attname), ' || ''/'' || ' ORDER BY array_position(i.indkey::int2[], a.attnum))
            FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
            WHERE i.indrelid = format('iduo.%I', p_table)::regclass AND i.indisprimary),
        string_agg(b.name || ' = ' || b.value, ', '), string_agg(format('t.%s IS DISTINCT FROM %s', b.name, b.value), ' OR ')
    FROM blanks b
$$;

CREATE OR REPLACE FUNCTION audit.blank_entries(p_which text, p_keys text[]) RETURNS integer
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_count integer;
BEGIN
    EXECUTE format('UPDATE audit.entry e SET before = audit.blanked(e.table_name, e.before), after = audit.blanked(e.table_name, e.after)
                    WHERE %s AND (e.before IS DISTINCT FROM audit.blanked(e.table_name, e.before)
                                  OR e.after IS DISTINCT FROM audit.blanked(e.table_name, e.after))', p_which) USING p_keys;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- One portion of what is old, from after an entry of the log on: `last` is where to go on, nothing when there is no more.
CREATE OR REPLACE FUNCTION audit.retain_entries(p_after bigint, p_before timestamptz, p_limit integer, OUT last bigint, OUT entries integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    WITH look AS (SELECT e.id, e.at FROM audit.entry e WHERE e.id > p_after ORDER BY e.id LIMIT p_limit)
    SELECT max(l.id) INTO last FROM look l WHERE l.id < coalesce((SELECT min(y.id) FROM look y WHERE y.at >= p_before), 9223372036854775807);
    entries := CASE WHEN last IS NOT NULL THEN audit.blank_entries(format('e.id > %s AND e.id <= %s', p_after, last), NULL) ELSE 0 END;
END $$;

-- One portion of the images that imports, undo and receipts keep of how somebody was.
CREATE OR REPLACE FUNCTION audit.retain_images(p_before timestamptz, p_limit integer, OUT rows integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_first bigint := (SELECT coalesce(max(e.id), 0) FROM audit.entry e);
    v_count integer;
BEGIN
    UPDATE iduo.batch_row r SET payload = '{}', before = NULL, message = '', kept = ''
    WHERE (r.batch_id, r.row) IN (SELECT o.batch_id, o.row FROM iduo.batch_row o JOIN iduo.batch b ON b.id = o.batch_id
                                  WHERE b.at < p_before AND (o.payload <> '{}' OR o.before IS NOT NULL OR o.message <> '' OR o.kept <> '') LIMIT p_limit);
    GET DIAGNOSTICS rows = ROW_COUNT;
    UPDATE iduo.case_event c SET before = NULL
    WHERE c.id IN (SELECT o.id FROM iduo.case_event o WHERE o.at < p_before AND o.before IS NOT NULL LIMIT p_limit);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    rows := rows + v_count;
    -- how a person's record was before; what it says now stays, however old
    UPDATE iduo.contact_event e SET before = '(borrado)' WHERE e.id IN (
        SELECT o.id FROM iduo.contact_event o WHERE o.at < p_before AND o.before NOT IN ('', '(borrado)') LIMIT p_limit);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    rows := rows + v_count;
    UPDATE iduo.contact_merge m SET before = '{}' WHERE m.id IN (
        SELECT o.id FROM iduo.contact_merge o WHERE o.at < p_before AND o.before <> '{}' LIMIT p_limit);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    rows := rows + v_count;
    UPDATE iduo.contact_section s SET said = '{}' WHERE s.id IN (
        SELECT o.id FROM iduo.contact_section o WHERE o.at < p_before AND NOT o.latest AND o.said <> '{}' LIMIT p_limit);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    rows := rows + v_count;
    -- what strangers wrote, whom nobody will ask about
    UPDATE iduo.message m SET address = '(borrado)', address_key = '', subject = '', text = '(borrado)' WHERE m.id IN (
        SELECT o.id FROM iduo.conversation v JOIN iduo.message o ON o.conversation_id = v.id
        WHERE v.company_id IS NULL AND v.contact_id IS NULL AND o.at < p_before AND o.text <> '(borrado)' LIMIT p_limit);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    rows := rows + v_count;
    UPDATE iduo.chat_line l SET text = '(borrado)', payload_hash = NULL WHERE l.id IN (
        SELECT o.id FROM iduo.chat c JOIN iduo.chat_line o ON o.chat_id = c.id
        WHERE c.company_id IS NULL AND c.contact_id IS NULL AND c.at < p_before AND c.state = 'ended' AND o.text <> '(borrado)' LIMIT p_limit);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    rows := rows + v_count;
    -- and the calls that were his, which have his name too
    WITH old AS MATERIALIZED (
        SELECT c.id, format('chat:%s', c.id) AS pbx_id FROM iduo.chat c
        WHERE c.company_id IS NULL AND c.contact_id IS NULL AND c.at < p_before AND c.state = 'ended'
          AND (c.name <> '(borrado)' OR c.address_hash <> decode(repeat('00', 32), 'hex')) LIMIT p_limit
    ), calls AS (
        UPDATE iduo.call k SET caller = '(borrado)', company_keyed = '', note = '' FROM old o CROSS JOIN iduo.staff s
        WHERE k."by" = s.login AND k.pbx_id = o.pbx_id AND k.pbx_id <> '' AND k.contact_id IS NULL AND k.case_id IS NULL
    ) UPDATE iduo.chat h SET name = '(borrado)', company_keyed = '', page = '', handed_note = '', address_hash = decode(repeat('00', 32), 'hex')
    FROM old o WHERE h.id = o.id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    rows := rows + v_count;
    UPDATE iduo.receipt r SET reason = '(borrado)'
    WHERE r.id IN (SELECT o.id FROM iduo.receipt o WHERE o.at < p_before AND o.reason <> '(borrado)' LIMIT p_limit);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    rows := rows + v_count;
    PERFORM audit.blank_entries(format('e.id > %s AND e.xid = pg_current_xact_id()', v_first), NULL);
END $$;
GRANT EXECUTE ON FUNCTION audit.erase, audit.retain_entries, audit.retain_images TO iduo_owner;
RESET ROLE;
SET LOCAL ROLE iduo_owner;

-- Everything of a client and of these persons, or of the persons alone. Who is being attended to now is not erased.
CREATE OR REPLACE FUNCTION iduo.erase(p_company bigint, p_contacts bigint[], OUT rows integer, OUT entries integer)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_contacts bigint[];
    v_documents text[];
    v_tickets bigint[];
    v_calls bigint[];
BEGIN
    PERFORM FROM iduo.company o WHERE o.id = p_company FOR NO KEY UPDATE;
    IF p_company IS NOT NULL AND NOT FOUND THEN
        PERFORM iduo.refuse('Ese cliente no existe.');
    END IF;
    v_contacts := iduo.persons_of(p_company, p_contacts);
    v_documents := ARRAY(SELECT n.document FROM iduo.contact n WHERE n.id = ANY (v_contacts) AND n.document <> ''
                         UNION SELECT o.document FROM iduo.company o WHERE o.id = p_company AND o.kind = 'person' AND o.document <> '');
    v_tickets := ARRAY(SELECT k.id FROM iduo.ticket k WHERE k.company_id = p_company OR k.contact_id = ANY (v_contacts)
                       OR k.document = ANY (v_documents) AND k.document <> '');
    v_calls := ARRAY(SELECT m.call_id FROM iduo.call_ticket m WHERE m.ticket_id = ANY (v_tickets)
                     UNION SELECT k.call_id FROM iduo.ticket k WHERE k.id = ANY (v_tickets) AND k.call_id IS NOT NULL
                     UNION SELECT d.call_id FROM iduo.disclosure d WHERE d.company_id = p_company AND d.call_id IS NOT NULL
                     UNION SELECT c.id FROM iduo.calls_of(p_company, v_contacts) c(id));
    IF EXISTS (SELECT FROM iduo.case c WHERE (c.company_id = p_company OR c.contact_id = ANY (v_contacts)) AND c.state = 'open') THEN
        PERFORM iduo.refuse('Tiene un caso abierto. Cerralo antes de borrar sus datos.');
    ELSIF EXISTS (SELECT FROM iduo.call c WHERE c.id = ANY (v_calls) AND c.state = 'planned') OR EXISTS (
        SELECT FROM iduo.task t WHERE t.state = 'open' AND (t.contact_id = ANY (v_contacts) OR t.case_id IN (
            SELECT c.id FROM iduo.case c WHERE c.company_id = p_company OR c.contact_id = ANY (v_contacts)))) THEN
        PERFORM iduo.refuse('Tiene algo en la agenda. Marcalo antes de borrar sus datos.');
    ELSIF EXISTS (SELECT FROM iduo.ticket k WHERE k.id = ANY (v_tickets) AND k.state <> 'communicated') THEN
        PERFORM iduo.refuse('Tiene un mensaje sin comunicar. Comunicalo antes de borrar sus datos.');
    ELSIF EXISTS (SELECT FROM iduo.outbox q JOIN iduo.message m ON m.id = q.message_id AND m.state IN ('waiting', 'sending')
                  JOIN iduo.case c ON c.id = m.case_id WHERE c.company_id = p_company OR c.contact_id = ANY (v_contacts)) THEN
        PERFORM iduo.refuse('Tiene un mensaje por enviar. Esperá a que salga antes de borrar sus datos.');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    UPDATE iduo.company o SET erased_at = clock_timestamp(), version = o.version + 1 WHERE o.id = p_company AND o.erased_at IS NULL;
    UPDATE iduo.no_contact e SET search_key = iduo.hidden_key(e.search_key) WHERE e.search_key !~ '^[0-9a-f]{64}$' AND (
        e.attempt_id IN (SELECT a.id FROM iduo.attempt a WHERE a.company_id = p_company OR a.contact_id = ANY (v_contacts))
        OR e.search_key IN (SELECT k.search_key FROM iduo.keys_of(ARRAY[p_company], array_fill(1::bigint, ARRAY[cardinality(v_contacts)]), v_contacts) k));
    SELECT e.rows, e.entries INTO rows, entries FROM audit.erase(p_company, v_contacts, v_tickets, v_calls) e;
    IF rows > 0 OR entries > 0 THEN
        INSERT INTO iduo.erasure (kind, by, rows, entries) VALUES ('person', session_user, rows, entries);
    END IF;
END $$;

-- Calls in which these persons took part, or about their cases and the client's.
CREATE OR REPLACE FUNCTION iduo.calls_of(p_company bigint, p_contacts bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT c.id FROM iduo.call c WHERE c.contact_id = ANY (p_contacts)
    UNION SELECT k.call_id FROM iduo.call_contact k WHERE k.contact_id = ANY (p_contacts)
    UNION SELECT c.id FROM iduo.call c WHERE c.case_id IN (SELECT x.id FROM iduo.case x WHERE x.company_id = p_company OR x.contact_id = ANY (p_contacts))
    UNION SELECT c.id FROM iduo.chat h CROSS JOIN iduo.staff s JOIN iduo.call c ON c.by = s.login AND c.pbx_id = format('chat:%s', h.id) AND c.pbx_id <> ''
        WHERE h.company_id = p_company OR h.contact_id = ANY (p_contacts)
$$;

-- Receipt: what 'erase', subject the company's id. The number is typed once more by who does it.
CREATE FUNCTION api.erase_person(p_receipt bigint, p_company bigint, p_number bigint)
RETURNS TABLE (rows integer, entries integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    PERFORM iduo.check_receipt(p_receipt, 'erase', p_company::text);
    IF NOT EXISTS (SELECT FROM iduo.company o WHERE o.id = p_company AND o.number = p_number) THEN
        PERFORM iduo.refuse_field('number', 'Ese no es su número de cliente.');
    END IF;
    RETURN QUERY SELECT e.rows, e.entries FROM iduo.erase(p_company, '{}') e;
END $$;

-- The reason stays when the person is gone, so it does not name him.
CREATE OR REPLACE FUNCTION iduo.need_nameless(p_company text, p_reason text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_said text := ' ' || iduo.fold(p_reason) || ' ';
BEGIN
    IF EXISTS (SELECT FROM iduo.company o,
            LATERAL (SELECT w FROM unnest(string_to_array(iduo.fold(o.surname || ' ' || o.names || ' ' || o.name), ' ')) w WHERE length(w) > 2) AS x(w)
            WHERE o.id::text = p_company AND o.erased_at IS NULL AND strpos(v_said, ' ' || x.w || ' ') > 0)
       OR EXISTS (SELECT FROM iduo.company o WHERE o.id::text = p_company AND length(o.document) > 4
                  AND strpos(regexp_replace(p_reason, '\D', '', 'g'), nullif(regexp_replace(o.document, '\D', '', 'g'), '')) > 0) THEN
        PERFORM iduo.refuse_field('reason', 'No pongas su nombre ni su documento: el motivo queda guardado.');
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION api.erase_person TO iduo_admin;
RESET ROLE;
