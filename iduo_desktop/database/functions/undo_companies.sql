-- Undoing lists of clients and of companies: images of before, a mark of how each was left, and the way back.
SET LOCAL ROLE iduo_owner;

-- How a company is before a list changes it, with what hangs on it that the list may add to.
CREATE OR REPLACE FUNCTION iduo.company_image(o iduo.company) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT jsonb_build_object(
        'company', to_jsonb(o) - ARRAY['client', 'client_key', 'search_text', 'unit_key', 'unit_digits', 'version'],
        'phones', (SELECT coalesce(jsonb_agg(p.id), '[]') FROM iduo.company_phone p WHERE p.company_id = o.id),
        'emails', (SELECT coalesce(jsonb_agg(m.id), '[]') FROM iduo.company_email m WHERE m.company_id = o.id),
        'extensions', (SELECT coalesce(jsonb_agg(x.id), '[]') FROM iduo.extension x WHERE x.company_id = o.id),
        'cases', (SELECT coalesce(jsonb_object_agg(c.id, jsonb_build_object('list', c.list, 'move_reason', c.move_reason, 'move_until', c.move_until)), '{}')
                  FROM iduo.case c WHERE c.company_id = o.id AND c.collection AND c.state = 'open'),
        'roles', (SELECT coalesce(jsonb_object_agg(r.role, r.assistant_id), '{}') FROM iduo.company_assistant r WHERE r.company_id = o.id))
$$;

-- A mark of all that as it is now: any change since shows, and none when it was taken back.
CREATE OR REPLACE FUNCTION iduo.company_mark(p_company bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT md5(jsonb_build_array(jsonb_strip_nulls(to_jsonb(o) - ARRAY['client', 'client_key', 'search_text', 'unit_key', 'unit_digits', 'version']),
        (SELECT jsonb_agg(jsonb_build_array(p.id, p.typed, p.search_key, p.valid, p.removed) ORDER BY p.id) FROM iduo.company_phone p WHERE p.company_id = o.id),
        (SELECT jsonb_agg(jsonb_build_array(m.id, m.address, m.valid, m.removed) ORDER BY m.id) FROM iduo.company_email m WHERE m.company_id = o.id),
        (SELECT jsonb_agg(x.id ORDER BY x.id) FROM iduo.extension x WHERE x.company_id = o.id),
        (SELECT jsonb_agg(jsonb_build_array(c.id, c.list, c.state, c.assigned_to, c.move_reason, c.move_until, c.attempts,
             (SELECT count(*) FROM iduo.case_event e WHERE e.case_id = c.id AND e.kind NOT IN ('imported', 'moved'))) ORDER BY c.id)
         FROM iduo.case c WHERE c.company_id = o.id AND c.collection),
        (SELECT jsonb_agg(jsonb_build_array(r.role, a.id, a.name, a.whatsapp, a.email) ORDER BY r.role)
         FROM iduo.company_assistant r JOIN iduo.assistant a ON a.id = r.assistant_id WHERE r.company_id = o.id))::text)
    FROM iduo.company o WHERE o.id = p_company
$$;

CREATE OR REPLACE FUNCTION iduo.keep_mark(p_batch bigint) RETURNS void
LANGUAGE sql SET search_path = '' AS $$
    UPDATE iduo.batch_row b SET after = iduo.company_mark(b.company_id) WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated')
$$;

CREATE OR REPLACE FUNCTION iduo.undo_companies(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_new_cases bigint[];
BEGIN
    PERFORM iduo.leave_changed_companies(p_batch);
    v_new_cases := ARRAY(SELECT c.id FROM iduo.batch_row b JOIN iduo.case c ON c.company_id = b.company_id AND c.collection AND c.state = 'open'
                         WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated') AND b.left_alone = '' AND NOT coalesce(b.before -> 'cases' ? c.id::text, false));
    UPDATE iduo.batch_row b SET left_alone = 'Ya hay trabajo sobre lo que se creó.'
    WHERE b.batch_id = p_batch AND b.left_alone = '' AND (
        b.outcome = 'created' AND b.company_id IN (SELECT u FROM iduo.used_elsewhere('company', ARRAY(SELECT x.company_id FROM iduo.batch_row x
            WHERE x.batch_id = p_batch AND x.outcome = 'created' AND x.left_alone = ''), ARRAY['company_phone', 'company_email', 'extension', 'case', 'case_event',
            'company_assistant', 'batch_row']) u
            UNION ALL SELECT o.company_id FROM iduo.batch_row o JOIN iduo.batch k ON k.id = o.batch_id
                      WHERE k.id <> p_batch AND k.state = 'applied' AND o.company_id = b.company_id)
        OR b.company_id IN (SELECT c.company_id FROM iduo.case c
            WHERE c.id IN (SELECT iduo.used_elsewhere('case', v_new_cases, ARRAY['case_event', 'presence'])))
        OR b.outcome = 'created' AND EXISTS (SELECT FROM iduo.case c WHERE c.company_id = b.company_id AND c.id <> ALL (v_new_cases)));
    PERFORM iduo.restore_assistants(p_batch);
    PERFORM iduo.drop_cases(ARRAY(SELECT c.id FROM iduo.case c WHERE c.id = ANY (v_new_cases)
        AND c.company_id IN (SELECT b.company_id FROM iduo.batch_row b WHERE b.batch_id = p_batch AND b.left_alone = '')));
    PERFORM iduo.restore_companies(p_batch);
    PERFORM iduo.drop_companies(p_batch);
EXCEPTION WHEN foreign_key_violation THEN
    PERFORM iduo.refuse('Algo de lo que se creó con este lote ya se usa en otro lado: no se puede deshacer entero.');
END $$;

-- Whoever is being changed right now, or was changed since, stays as he is.
CREATE OR REPLACE FUNCTION iduo.leave_changed_companies(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    WITH wanted AS MATERIALIZED (
        SELECT b.row, b.company_id, b.outcome, b.before, b.after FROM iduo.batch_row b WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated')
    ), free AS MATERIALIZED (
        SELECT o.id FROM iduo.company o WHERE o.id IN (SELECT w.company_id FROM wanted w) ORDER BY o.id FOR UPDATE SKIP LOCKED
    ), cases AS MATERIALIZED (
        -- closed ones too: they follow their client, and would be waited for
        SELECT c.id, c.company_id FROM iduo.case c WHERE c.company_id IN (SELECT w.company_id FROM wanted w)
    ), free_cases AS MATERIALIZED (
        SELECT c.id FROM iduo.case c WHERE c.id IN (SELECT k.id FROM cases k) ORDER BY c.id FOR UPDATE SKIP LOCKED
    )
    UPDATE iduo.batch_row b SET left_alone = x.why
    FROM (SELECT w.row, CASE
            WHEN w.company_id NOT IN (SELECT f.id FROM free f) OR w.company_id IN (SELECT k.company_id FROM cases k WHERE k.id NOT IN (SELECT f.id FROM free_cases f))
                THEN 'Otra persona lo está cambiando en este momento.'
            WHEN w.outcome = 'updated' AND coalesce(NOT w.before ? 'company', true) THEN 'Ya no se guarda cómo estaba.'
            WHEN w.after IS DISTINCT FROM iduo.company_mark(w.company_id) THEN 'Se cambió después de la importación.' END AS why FROM wanted w) x
    WHERE b.batch_id = p_batch AND b.row = x.row AND x.why IS NOT NULL;
END $$;

-- Cases that the list opened and nobody worked on.
CREATE OR REPLACE FUNCTION iduo.drop_cases(p_cases bigint[]) RETURNS void
LANGUAGE sql SET search_path = '' AS $$
    DELETE FROM iduo.presence p WHERE p.case_id = ANY (p_cases);
    DELETE FROM iduo.case_event e WHERE e.case_id = ANY (p_cases);
    DELETE FROM iduo.case c WHERE c.id = ANY (p_cases);
$$;

CREATE OR REPLACE FUNCTION iduo.drop_companies(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_gone bigint[] := ARRAY(SELECT b.company_id FROM iduo.batch_row b WHERE b.batch_id = p_batch AND b.outcome = 'created' AND b.left_alone = '');
BEGIN
    UPDATE iduo.batch_row b SET company_id = NULL WHERE b.company_id = ANY (v_gone);
    DELETE FROM iduo.company_phone x WHERE x.company_id = ANY (v_gone);
    DELETE FROM iduo.company_email x WHERE x.company_id = ANY (v_gone);
    DELETE FROM iduo.extension x WHERE x.company_id = ANY (v_gone);
    DELETE FROM iduo.company o WHERE o.id = ANY (v_gone);
END $$;

CREATE OR REPLACE FUNCTION iduo.restore_companies(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    DELETE FROM iduo.company_phone x USING iduo.batch_row b
    WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND b.left_alone = '' AND x.company_id = b.company_id AND NOT b.before -> 'phones' @> to_jsonb(x.id);
    DELETE FROM iduo.company_email x USING iduo.batch_row b
    WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND b.left_alone = '' AND x.company_id = b.company_id AND NOT b.before -> 'emails' @> to_jsonb(x.id);
    DELETE FROM iduo.extension x USING iduo.batch_row b
    WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND b.left_alone = '' AND x.company_id = b.company_id AND NOT b.before -> 'extensions' @> to_jsonb(x.id);
    -- every column that is stored, whichever there are; one that came with a later release keeps what it has
    EXECUTE (SELECT format('UPDATE iduo.company o SET %s, version = o.version + 1 FROM iduo.batch_row b, iduo.company k,
                            LATERAL jsonb_populate_record(k, b.before -> ''company'') p
                            WHERE b.batch_id = $1 AND b.outcome = ''updated'' AND b.left_alone = '''' AND k.id = b.company_id AND o.id = k.id',
                           string_agg(format('%I = p.%1$I', a.attname), ', '))
             FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'iduo.company'::regclass AND a.attnum > 0 AND NOT a.attisdropped
               AND a.attgenerated = '' AND a.attidentity = '' AND a.attname <> 'version') USING p_batch;
    WITH back AS (
        SELECT c.id, c.company_id, c.list AS gone, c.version, k.value FROM iduo.batch_row b, jsonb_each(b.before -> 'cases') k
        JOIN iduo.case c ON c.id = k.key::bigint
        WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND b.left_alone = '' AND c.state = 'open'
          AND (c.list, c.move_reason, c.move_until) IS DISTINCT FROM (k.value ->> 'list', k.value ->> 'move_reason', (k.value ->> 'move_until')::date)
    ), moved AS (
        UPDATE iduo.case c SET list = b.value ->> 'list', move_reason = b.value ->> 'move_reason', move_until = (b.value ->> 'move_until')::date,
            version = c.version + 1 FROM back b WHERE c.id = b.id
    )
    INSERT INTO iduo.case_event (case_id, company_id, kind, by, detail, version_after)
    SELECT b.id, b.company_id, 'moved', session_user, format('%s → %s (se deshizo la lista)', iduo.list_label(b.gone), iduo.list_label(b.value ->> 'list')), b.version + 1
    FROM back b;
END $$;

-- Who assisted a company assists it again, under the name and number that he had; who came with the list is gone unless another company has him.
CREATE OR REPLACE FUNCTION iduo.restore_assistants(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_new bigint[];
BEGIN
    IF NOT EXISTS (SELECT FROM iduo.batch b WHERE b.id = p_batch AND b.kind = 'companies') THEN
        RETURN;
    END IF;
    v_new := ARRAY(SELECT DISTINCT x.assistant_id FROM iduo.batch_row b JOIN iduo.company_assistant x ON x.company_id = b.company_id
                   WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated') AND b.left_alone = '' AND NOT EXISTS (
                       SELECT FROM jsonb_array_elements(b.before -> 'assistants') a WHERE (a ->> 'id')::bigint = x.assistant_id)
                     AND NOT coalesce(b.before -> 'roles' @? format('$.* ? (@ == %s)', x.assistant_id)::jsonpath, false));
    UPDATE iduo.assistant a SET name = i.name, whatsapp = i.whatsapp, e164 = i.e164, email = i.email
    FROM (SELECT DISTINCT ON (r.id) r.* FROM iduo.batch_row b, jsonb_populate_recordset(NULL::iduo.assistant, b.before -> 'assistants') r
          WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated') AND b.left_alone = '' ORDER BY r.id) i
    WHERE a.id = i.id AND to_jsonb(a) <> to_jsonb(i) AND NOT EXISTS (
        SELECT FROM iduo.batch_row k JOIN iduo.company_assistant x ON x.company_id = k.company_id
        WHERE k.batch_id = p_batch AND k.left_alone <> '' AND x.assistant_id = a.id);
    DELETE FROM iduo.company_assistant x USING iduo.batch_row b
    WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated') AND b.left_alone = '' AND x.company_id = b.company_id
      AND (b.before -> 'roles' ->> x.role)::bigint IS DISTINCT FROM x.assistant_id;
    INSERT INTO iduo.company_assistant (company_id, role, assistant_id)
    SELECT b.company_id, r.key, r.value::bigint FROM iduo.batch_row b, jsonb_each_text(b.before -> 'roles') r
    WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND b.left_alone = '' ON CONFLICT DO NOTHING;
    DELETE FROM iduo.assistant a WHERE a.id = ANY (v_new) AND a.id NOT IN (SELECT iduo.used_elsewhere('assistant', v_new, '{}'));
END $$;
RESET ROLE;
