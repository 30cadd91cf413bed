-- A merge taken back: what went over returns, but for what was changed since.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.unmerge_contacts(p_merge bigint, p_key uuid)
RETURNS TABLE (merge bigint, contact_id bigint, moved integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('unmerge', p_merge::text);
    v_merge iduo.contact_merge;
    v_keep iduo.contact;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT * INTO v_merge FROM iduo.contact_merge m WHERE m.id = p_merge;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa unión no existe.');
    ELSIF v_merge."by" <> session_user AND NOT iduo.may('coordinator') THEN
        PERFORM iduo.refuse('Los unió otra persona: lo deshace ella o un coordinador.');
    END IF;
    PERFORM iduo.lock_both(v_merge.keep_id, v_merge.other_id);
    SELECT * INTO v_merge FROM iduo.contact_merge m WHERE m.id = p_merge;
    SELECT * INTO v_keep FROM iduo.contact c WHERE c.id = v_merge.keep_id;
    merge := p_merge;
    contact_id := v_merge.keep_id;
    moved := 0;
    replayed := (iduo.replayed_contact(p_key, v_hash)).id IS NOT NULL OR v_merge.undone_at IS NOT NULL;
    IF NOT replayed THEN
        IF v_keep.merged_into IS NOT NULL THEN
            PERFORM iduo.refuse('Después se unió con otro contacto: separá primero a ese.');
        END IF;
        PERFORM set_config('synchronous_commit', 'on', true);
        UPDATE iduo.contact c SET merged_into = NULL, version = c.version + 1 WHERE c.id = v_merge.other_id;
        PERFORM iduo.give_fields_back(v_keep, v_merge.before);
        moved := iduo.move_back(v_merge);
        UPDATE iduo.contact_merge m SET undone_at = clock_timestamp() WHERE m.id = p_merge;
        PERFORM iduo.add_contact_event(v_merge.keep_id, 'unmerged', '', '', (SELECT c.person FROM iduo.contact c WHERE c.id = v_merge.other_id), p_key, v_hash);
        PERFORM iduo.add_contact_event(v_merge.other_id, 'unmerged', '', '', v_keep.person, NULL, NULL);
    END IF;
    RETURN NEXT;
END $$;

-- A field that was changed since the merge stays as it is.
CREATE OR REPLACE FUNCTION iduo.give_fields_back(p_keep iduo.contact, p_before jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_field record;
BEGIN
    FOR v_field IN SELECT x.key, x.value ->> 0 AS was, x.value ->> 1 AS became FROM jsonb_each(p_before) x LOOP
        IF iduo.contact_value(p_keep, v_field.key) = v_field.became THEN
            PERFORM iduo.put_contact_value(p_keep.id, v_field.key, v_field.was);
            PERFORM iduo.add_contact_event(p_keep.id, 'changed', v_field.key, v_field.became, v_field.was, NULL, NULL);
        END IF;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION iduo.ids(p_list jsonb) RETURNS bigint[]
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT coalesce(array_agg(x::bigint), '{}') FROM jsonb_array_elements_text(coalesce(p_list, '[]')) x $$;

-- How many rows went back.
CREATE OR REPLACE FUNCTION iduo.move_back(m iduo.contact_merge) RETURNS integer
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_table text;
    v_count integer;
    v_moved integer := 0;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['contact_phone', 'contact_email', 'contact_flag', 'ticket', 'chat', 'call', 'task', 'route_activation', 'attention'] LOOP
        EXECUTE format('UPDATE iduo.%I t SET contact_id = $1 WHERE t.id = ANY ($2) AND t.contact_id = $3', v_table)
            USING m.other_id, iduo.ids(m.moved -> v_table), m.keep_id;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        v_moved := v_moved + v_count;
    END LOOP;
    UPDATE iduo.case c SET contact_id = m.other_id, client_key = CASE WHEN c.company_id IS NULL THEN n.person_key ELSE c.client_key END
    FROM iduo.contact n WHERE n.id = m.other_id AND c.id = ANY (iduo.ids(m.moved -> 'case')) AND c.contact_id = m.keep_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_moved := v_moved + v_count;
    UPDATE iduo.message x SET conversation_id = o.id FROM iduo.conversation o, iduo.conversation k
    WHERE x.id = ANY (iduo.ids(m.moved -> 'message')) AND o.contact_id = m.other_id AND k.contact_id = m.keep_id AND x.conversation_id = k.id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_moved := v_moved + v_count;
    INSERT INTO iduo.call_contact (call_id, contact_id)
    SELECT x, m.other_id FROM unnest(iduo.ids(m.moved -> 'call_contact')) x WHERE EXISTS (SELECT FROM iduo.call l WHERE l.id = x) ON CONFLICT DO NOTHING;
    DELETE FROM iduo.call_contact x WHERE x.contact_id = m.keep_id AND x.call_id = ANY (iduo.ids(m.moved -> 'call_new'));
    PERFORM iduo.give_ways_back(m);
    PERFORM iduo.give_sections_back(m);
    PERFORM iduo.give_relations_back(m);
    RETURN v_moved;
END $$;

CREATE OR REPLACE FUNCTION iduo.give_ways_back(m iduo.contact_merge) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_pair record;
BEGIN
    FOR v_pair IN SELECT * FROM jsonb_to_recordset(m.moved -> 'same') AS s("table" text, keep bigint, other bigint, before boolean, after boolean) LOOP
        EXECUTE format('UPDATE iduo.%I SET removed = false WHERE id = $1', v_pair."table") USING v_pair.other;
        EXECUTE format('UPDATE iduo.%I SET safe = $2 WHERE id = $1 AND safe IS NOT DISTINCT FROM $3 AND $2 IS DISTINCT FROM $3', v_pair."table")
            USING v_pair.keep, v_pair.before, v_pair.after;
    END LOOP;
END $$;

-- What was joined stays in the history; it stays in force only where somebody went on from it.
CREATE OR REPLACE FUNCTION iduo.give_sections_back(m iduo.contact_merge) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_joined record;
BEGIN
    FOR v_joined IN SELECT * FROM jsonb_to_recordset(m.moved -> 'joined') AS s(keep bigint, new bigint) LOOP
        UPDATE iduo.contact_section s SET latest = false WHERE s.id = v_joined.new AND s.latest;
        IF FOUND THEN
            UPDATE iduo.contact_section s SET latest = true WHERE s.id = v_joined.keep;
        END IF;
    END LOOP;
    UPDATE iduo.contact_section s SET contact_id = m.other_id, latest = false
    WHERE s.id = ANY (iduo.ids(m.moved -> 'contact_section')) AND s.contact_id = m.keep_id;
    UPDATE iduo.contact_section s SET latest = true WHERE s.id = ANY (iduo.ids(m.moved -> 'latest')) AND s.contact_id = m.other_id;
END $$;

-- A relation that would stand there twice by now stays where it is.
CREATE OR REPLACE FUNCTION iduo.give_relations_back(m iduo.contact_merge) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    UPDATE iduo.contact_relation r SET contact_id = m.other_id WHERE r.id = ANY (iduo.ids(m.moved -> 'contact_relation')) AND r.contact_id = m.keep_id
        AND r.other_id <> m.other_id AND NOT EXISTS (SELECT FROM iduo.contact_relation x WHERE x.contact_id = m.other_id AND x.other_id = r.other_id AND NOT x.removed);
    UPDATE iduo.contact_relation r SET other_id = m.other_id WHERE r.id = ANY (iduo.ids(m.moved -> 'relation_other')) AND r.other_id = m.keep_id
        AND r.contact_id <> m.other_id AND NOT EXISTS (SELECT FROM iduo.contact_relation x WHERE x.other_id = m.other_id AND x.contact_id = r.contact_id AND NOT x.removed);
    UPDATE iduo.contact_relation r SET removed = false WHERE r.id = ANY (iduo.ids(m.moved -> 'relation_removed')) AND r.removed
        AND NOT EXISTS (SELECT FROM iduo.contact_relation x WHERE x.contact_id = r.contact_id AND x.other_id = r.other_id AND NOT x.removed);
END $$;
GRANT EXECUTE ON FUNCTION api.unmerge_contacts TO iduo_operator, iduo_coordinator;
RESET ROLE;
