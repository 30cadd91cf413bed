-- Two persons made one, and two again: everything of the other goes over, nothing is lost, and what nobody changed since goes back.
SET LOCAL ROLE iduo_owner;

-- A field of both as it would be shown, and which would stay.
CREATE OR REPLACE FUNCTION iduo.merge_fields(p_keep iduo.contact, p_other iduo.contact)
RETURNS TABLE (field text, keep text, other text, choice text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT f.name, k.said, o.said, CASE
        WHEN f.name = 'note' AND k.said <> '' AND o.said <> '' AND k.said <> o.said AND length(k.said) + length(o.said) < 2000 THEN 'both'
        WHEN k.said = '' AND o.said <> '' THEN 'other' ELSE 'keep' END
    FROM unnest(ARRAY['surname', 'names', 'document', 'birth_date', 'company_id', 'safe_when', 'safe_where', 'safe_words', 'note']) WITH ORDINALITY AS f(name, n),
         LATERAL (SELECT iduo.contact_value(p_keep, f.name) AS said) k, LATERAL (SELECT iduo.contact_value(p_other, f.name) AS said) o
    WHERE k.said <> '' OR o.said <> '' ORDER BY f.n
$$;

-- How much of each kind a person has, in words.
CREATE OR REPLACE FUNCTION iduo.merge_counts(p_contact bigint) RETURNS TABLE (field text, label text, said text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT x.field, x.label, coalesce(x.said, '') FROM (VALUES
        (1, 'phones', 'Teléfonos', (SELECT string_agg(f.typed, ' · ' ORDER BY f.id) FROM iduo.contact_phone f WHERE f.contact_id = p_contact AND NOT f.removed)),
        (2, 'emails', 'Mails', (SELECT string_agg(m.address, ' · ' ORDER BY m.id) FROM iduo.contact_email m WHERE m.contact_id = p_contact AND NOT m.removed)),
        (3, 'flags', 'Avisos', (SELECT string_agg(f ->> 'text', ' · ') FROM jsonb_array_elements(iduo.flags_of(p_contact)) f)),
        (4, 'cases', 'Casos', (SELECT nullif(count(*), 0)::text FROM iduo.case c WHERE c.contact_id = p_contact)),
        (5, 'tickets', 'Mensajes', (SELECT nullif(count(*), 0)::text FROM iduo.ticket k WHERE k.contact_id = p_contact)),
        (6, 'calls', 'Llamadas', (SELECT nullif(count(*), 0)::text FROM iduo.calls_of(p_contact))),
        (6, 'chats', 'Chats', (SELECT nullif(count(*), 0)::text FROM iduo.chat h WHERE h.contact_id = p_contact)),
        (7, 'tasks', 'Tareas', (SELECT nullif(count(*), 0)::text FROM iduo.task t WHERE t.contact_id = p_contact)),
        (8, 'messages', 'Mails y mensajes de texto', (SELECT nullif(count(*), 0)::text FROM iduo.message m JOIN iduo.conversation v ON v.id = m.conversation_id
            WHERE v.contact_id = p_contact)),
        (9, 'network', 'Red de apoyo', (SELECT CASE WHEN count(*) > 0 THEN 'cargada' END FROM iduo.contact_relation r WHERE r.contact_id = p_contact AND NOT r.removed))
    ) AS x(n, field, label, said) ORDER BY x.n
$$;

-- Both, locked against whatever else begins with them; neither was merged before.
CREATE OR REPLACE FUNCTION iduo.lock_both(p_keep bigint, p_other bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_count integer;
BEGIN
    IF p_keep = p_other THEN
        PERFORM iduo.refuse('Es la misma persona.');
    END IF;
    PERFORM FROM iduo.contact c WHERE c.id IN (p_keep, p_other) ORDER BY c.id FOR UPDATE;
    SELECT count(*) INTO v_count FROM iduo.contact c WHERE c.id IN (p_keep, p_other);
    IF v_count < 2 THEN
        PERFORM iduo.refuse('Ese contacto no existe.');
    END IF;
END $$;

CREATE FUNCTION api.compare_contacts(p_keep bigint, p_other bigint)
RETURNS TABLE (field text, label text, keep text, other text, choice text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_keep iduo.contact;
    v_other iduo.contact;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    PERFORM iduo.need_nothing_written();
    SELECT * INTO v_keep FROM iduo.contact c WHERE c.id = iduo.who_stayed(p_keep);
    SELECT * INTO v_other FROM iduo.contact c WHERE c.id = iduo.who_stayed(p_other);
    IF v_keep.id IS NULL OR v_other.id IS NULL THEN
        PERFORM iduo.refuse('Ese contacto no existe.');
    ELSIF v_keep.id = v_other.id THEN
        PERFORM iduo.refuse('Es la misma persona.');
    END IF;
    RETURN QUERY SELECT f.field, iduo.contact_label(f.field), iduo.merge_word(f.field, f.keep), iduo.merge_word(f.field, f.other), f.choice
        FROM iduo.merge_fields(v_keep, v_other) f;
    RETURN QUERY SELECT k.field, k.label, k.said, o.said, 'both'::text FROM iduo.merge_counts(v_keep.id) k
        JOIN iduo.merge_counts(v_other.id) o ON o.field = k.field WHERE k.said <> '' OR o.said <> '';
    RETURN QUERY SELECT 'section_' || f.id, f.title, iduo.filled_on(k.at), iduo.filled_on(o.at),
            CASE WHEN k.id IS NOT NULL AND o.id IS NOT NULL THEN 'keep' ELSE 'both' END
        FROM iduo.form f LEFT JOIN iduo.contact_section k ON k.form_id = f.id AND k.contact_id = v_keep.id AND k.latest
        LEFT JOIN iduo.contact_section o ON o.form_id = f.id AND o.contact_id = v_other.id AND o.latest
        WHERE f.kind = 'contact_section' AND (k.id IS NOT NULL OR o.id IS NOT NULL) ORDER BY f.id;
    PERFORM iduo.count_rows_read(2);
END $$;

CREATE OR REPLACE FUNCTION iduo.filled_on(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce('completada el ' || to_char(p_at AT TIME ZONE 'America/Argentina/Buenos_Aires', 'DD/MM/YYYY'), '')
$$;

CREATE FUNCTION api.merge_contacts(p_keep bigint, p_other bigint, p_others text[], p_key uuid)
RETURNS TABLE (merge bigint, contact_id bigint, moved integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('merge', p_keep::text, p_other::text, p_others::text);
    v_event iduo.contact_event;
    v_keep iduo.contact;
    v_other iduo.contact;
    v_before jsonb;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    PERFORM iduo.lock_both(p_keep, p_other);
    v_event := iduo.replayed_contact(p_key, v_hash);
    IF v_event.id IS NOT NULL THEN
        RETURN QUERY SELECT m.id, m.keep_id, iduo.moved_count(m.moved), true FROM iduo.contact_merge m WHERE m.event_id = v_event.id;
        RETURN;
    END IF;
    SELECT * INTO v_keep FROM iduo.contact c WHERE c.id = p_keep;
    SELECT * INTO v_other FROM iduo.contact c WHERE c.id = p_other;
    IF v_keep.merged_into IS NOT NULL OR v_other.merged_into IS NOT NULL THEN
        PERFORM iduo.refuse('Alguien ya los unió, o unió a uno con otro contacto. Abrí la ficha de nuevo.');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    v_before := iduo.take_fields(v_keep, v_other, coalesce(p_others, '{}'));
    INSERT INTO iduo.contact_merge (keep_id, other_id, event_id, before, by)
    VALUES (p_keep, p_other, iduo.add_contact_event(p_keep, 'merged', '', v_other.person, '', p_key, v_hash), v_before, session_user) RETURNING id INTO merge;
    UPDATE iduo.contact_merge m SET moved = iduo.move_all(p_keep, p_other, coalesce(p_others, '{}')) WHERE m.id = merge
        RETURNING iduo.moved_count(m.moved) INTO moved;
    UPDATE iduo.contact c SET merged_into = p_keep, version = c.version + 1 WHERE c.id = p_other;
    contact_id := p_keep;
    replayed := false;
    RETURN NEXT;
END $$;

-- Puts in the fields that come from the other; what they were and are now, by name.
CREATE OR REPLACE FUNCTION iduo.take_fields(p_keep iduo.contact, p_other iduo.contact, p_others text[]) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_line record;
    v_now text;
    v_before jsonb := '{}';
BEGIN
    FOR v_line IN SELECT * FROM iduo.merge_fields(p_keep, p_other) f WHERE f.keep <> f.other
                  AND (f.choice IN ('other', 'both') OR f.field = ANY (p_others)) LOOP
        v_now := CASE WHEN v_line.choice = 'both' AND NOT v_line.field = ANY (p_others) THEN v_line.keep || E'\n' || v_line.other ELSE v_line.other END;
        PERFORM iduo.put_contact_value(p_keep.id, v_line.field, v_now);
        PERFORM iduo.add_contact_event(p_keep.id, 'changed', v_line.field, v_line.keep, v_now, NULL, NULL);
        v_before := v_before || jsonb_build_object(v_line.field, jsonb_build_array(v_line.keep, v_now));
    END LOOP;
    RETURN v_before;
END $$;

CREATE OR REPLACE FUNCTION iduo.moved_count(p_moved jsonb) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT coalesce(sum(jsonb_array_length(x.value)), 0)::integer FROM jsonb_each(p_moved) x
    WHERE x.key IN ('contact_phone', 'contact_email', 'contact_flag', 'contact_section', 'case', 'ticket', 'chat', 'call', 'call_contact', 'task',
                    'route_activation', 'message')
$$;

-- Everything of the other goes over: the ids by table. A chat is locked before its call, as everywhere.
CREATE OR REPLACE FUNCTION iduo.move_all(p_keep bigint, p_other bigint, p_others text[]) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_table text;
    v_ids jsonb;
    v_moved jsonb := iduo.move_ways(p_keep, p_other) || iduo.move_sections(p_keep, p_other, p_others) || iduo.move_relations(p_keep, p_other);
BEGIN
    FOREACH v_table IN ARRAY ARRAY['contact_phone', 'contact_email', 'contact_flag', 'ticket', 'chat', 'call', 'task', 'route_activation', 'attention'] LOOP
        EXECUTE format('WITH m AS (UPDATE iduo.%I t SET contact_id = $1 WHERE t.contact_id = $2 %s RETURNING t.id) SELECT coalesce(jsonb_agg(m.id), ''[]'') FROM m',
                       v_table, CASE WHEN v_table IN ('contact_phone', 'contact_email') THEN 'AND NOT t.removed' END) INTO v_ids USING p_keep, p_other;
        v_moved := v_moved || jsonb_build_object(v_table, v_ids);
    END LOOP;
    WITH m AS (UPDATE iduo.case c SET contact_id = p_keep, client_key = CASE WHEN c.company_id IS NULL THEN n.person_key ELSE c.client_key END
               FROM iduo.contact n WHERE n.id = p_keep AND c.contact_id = p_other RETURNING c.id)
    SELECT coalesce(jsonb_agg(m.id), '[]') INTO v_ids FROM m;
    v_moved := v_moved || jsonb_build_object('case', v_ids);
    v_moved := v_moved || jsonb_build_object('message', to_jsonb(iduo.move_messages(p_keep, p_other)));
    WITH m AS (INSERT INTO iduo.call_contact (call_id, contact_id) SELECT x.call_id, p_keep FROM iduo.call_contact x WHERE x.contact_id = p_other
               ON CONFLICT DO NOTHING RETURNING call_id)
    SELECT coalesce(jsonb_agg(m.call_id), '[]') INTO v_ids FROM m;
    v_moved := v_moved || jsonb_build_object('call_new', v_ids);
    WITH m AS (DELETE FROM iduo.call_contact x WHERE x.contact_id = p_other RETURNING x.call_id) SELECT coalesce(jsonb_agg(m.call_id), '[]') INTO v_ids FROM m;
    RETURN v_moved || jsonb_build_object('call_contact', v_ids);
END $$;

-- What was written with one was written with the other: into one conversation, each with its unread ones.
CREATE OR REPLACE FUNCTION iduo.move_messages(p_keep bigint, p_other bigint) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_other bigint := (SELECT v.id FROM iduo.conversation v WHERE v.contact_id = p_other);
    v_keep bigint;
    v_ids bigint[] := ARRAY(SELECT m.id FROM iduo.message m WHERE m.conversation_id = v_other ORDER BY m.id);
BEGIN
    IF v_ids <> '{}' THEN
        v_keep := iduo.conversation_with(NULL, p_keep, NULL);
        UPDATE iduo.message m SET conversation_id = v_keep WHERE m.id = ANY (v_ids);
    END IF;
    RETURN v_ids;
END $$;

-- What both have stays once, and the stricter word on whether it is safe.
CREATE OR REPLACE FUNCTION iduo.move_ways(p_keep bigint, p_other bigint) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_same jsonb;
    v_pair record;
BEGIN
    SELECT coalesce(jsonb_agg(jsonb_build_object('table', x.name, 'keep', x.keep, 'other', x.other, 'before', x.before, 'after', x.after)), '[]') INTO v_same FROM (
        SELECT 'contact_phone' AS name, k.id AS keep, o.id AS other, k.safe AS before, k.safe IS NOT FALSE AND coalesce(o.safe, k.safe) AS after
        FROM iduo.contact_phone k JOIN iduo.contact_phone o ON o.search_key = k.search_key AND k.search_key <> '' OR o.typed = k.typed
        WHERE k.contact_id = p_keep AND o.contact_id = p_other AND NOT k.removed AND NOT o.removed
        UNION ALL SELECT 'contact_email', k.id, o.id, k.safe, k.safe IS NOT FALSE AND coalesce(o.safe, k.safe)
        FROM iduo.contact_email k JOIN iduo.contact_email o ON lower(o.address) = lower(k.address)
        WHERE k.contact_id = p_keep AND o.contact_id = p_other AND NOT k.removed AND NOT o.removed) x;
    FOR v_pair IN SELECT * FROM jsonb_to_recordset(v_same) AS s("table" text, keep bigint, other bigint, before boolean, after boolean) LOOP
        EXECUTE format('UPDATE iduo.%I SET removed = true WHERE id = $1', v_pair."table") USING v_pair.other;
        EXECUTE format('UPDATE iduo.%I SET safe = $2 WHERE id = $1 AND safe IS DISTINCT FROM $2', v_pair."table") USING v_pair.keep, v_pair.after;
    END LOOP;
    RETURN jsonb_build_object('same', v_same);
END $$;

-- Where both filled a section, what one left open is taken from the other; both versions stay behind it.
CREATE OR REPLACE FUNCTION iduo.move_sections(p_keep bigint, p_other bigint, p_others text[]) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_both record;
    v_new bigint;
    v_joined jsonb := '[]';
    v_latest jsonb;
    v_ids jsonb;
BEGIN
    SELECT coalesce(jsonb_agg(s.id), '[]') INTO v_latest FROM iduo.contact_section s WHERE s.contact_id = p_other AND s.latest;
    FOR v_both IN SELECT k.id AS keep, o.id AS other, k.form_id, k.reserved, 'section_' || k.form_id = ANY (p_others) AS turned, k.said AS kept, o.said AS others,
                         k.form_version_id AS kept_version, o.form_version_id AS others_version
                  FROM iduo.contact_section k JOIN iduo.contact_section o ON o.form_id = k.form_id AND o.latest AND o.contact_id = p_other
                  WHERE k.contact_id = p_keep AND k.latest LOOP
        UPDATE iduo.contact_section s SET latest = false WHERE s.id IN (v_both.keep, v_both.other);
        INSERT INTO iduo.contact_section (contact_id, form_id, form_version_id, reserved, said, by)
        SELECT p_keep, v_both.form_id, w.version, v_both.reserved, coalesce((SELECT jsonb_object_agg(x.key, x.value)
                   FROM jsonb_each(CASE WHEN v_both.turned THEN v_both.kept || v_both.others ELSE v_both.others || v_both.kept END) x
                   WHERE EXISTS (SELECT FROM iduo.form_field d WHERE d.version_id = w.version AND d.key = x.key)), '{}'), session_user
        FROM (SELECT CASE WHEN v_both.turned THEN v_both.others_version ELSE v_both.kept_version END AS version) w RETURNING id INTO v_new;
        v_joined := v_joined || jsonb_build_object('keep', v_both.keep, 'new', v_new);
    END LOOP;
    WITH m AS (UPDATE iduo.contact_section s SET contact_id = p_keep WHERE s.contact_id = p_other RETURNING s.id)
    SELECT coalesce(jsonb_agg(m.id), '[]') INTO v_ids FROM m;
    RETURN jsonb_build_object('contact_section', v_ids, 'latest', v_latest, 'joined', v_joined);
END $$;

-- The networks of both; whoever would stand there twice, or be his own support, is taken out.
CREATE OR REPLACE FUNCTION iduo.move_relations(p_keep bigint, p_other bigint) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_out jsonb;
    v_own jsonb;
    v_theirs jsonb;
BEGIN
    WITH m AS (UPDATE iduo.contact_relation r SET removed = true WHERE NOT r.removed AND (
        r.contact_id = p_other AND (r.other_id = p_keep OR EXISTS (SELECT FROM iduo.contact_relation k WHERE k.contact_id = p_keep AND k.other_id = r.other_id AND NOT k.removed))
        OR r.other_id = p_other AND (r.contact_id = p_keep OR EXISTS (
            SELECT FROM iduo.contact_relation k WHERE k.other_id = p_keep AND k.contact_id = r.contact_id AND NOT k.removed))) RETURNING r.id)
    SELECT coalesce(jsonb_agg(m.id), '[]') INTO v_out FROM m;
    WITH m AS (UPDATE iduo.contact_relation r SET contact_id = p_keep WHERE r.contact_id = p_other AND NOT r.removed RETURNING r.id)
    SELECT coalesce(jsonb_agg(m.id), '[]') INTO v_own FROM m;
    WITH m AS (UPDATE iduo.contact_relation r SET other_id = p_keep WHERE r.other_id = p_other AND NOT r.removed RETURNING r.id)
    SELECT coalesce(jsonb_agg(m.id), '[]') INTO v_theirs FROM m;
    RETURN jsonb_build_object('contact_relation', v_own, 'relation_other', v_theirs, 'relation_removed', v_out);
END $$;
GRANT EXECUTE ON FUNCTION api.compare_contacts, api.merge_contacts TO iduo_operator, iduo_coordinator;
RESET ROLE;
