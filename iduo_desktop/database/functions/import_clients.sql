-- Applying a judged list of clients: clients, telephones, mails, extensions, cases; everything in sets.
SET LOCAL ROLE iduo_owner;

CREATE OR REPLACE FUNCTION iduo.apply_clients(p_batch bigint) RETURNS TABLE (opened integer, moved integer)
LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_days integer := iduo.setting('new_case_after_days')::integer;
BEGIN
    PERFORM iduo.skip_held_companies(p_batch);
    PERFORM iduo.skip_held_cases(p_batch);
    -- who needs a case is decided before the client's row says that this list was seen; a new client does
    UPDATE iduo.batch_row b SET payload = b.payload || jsonb_build_object('opens', x.opens, 'moves', x.moves), before = x.image
    FROM (SELECT w.row, iduo.company_image(o) AS image, iduo.needs_case(o, w.payload ->> 'status', v_days) AS opens,
                 w.payload ->> 'status' IS DISTINCT FROM o.imported ->> 'status' AS moves
          FROM iduo.batch_row w JOIN iduo.company o ON o.id = w.company_id
          WHERE w.batch_id = p_batch AND w.outcome = 'updated') x
    WHERE b.batch_id = p_batch AND b.row = x.row;

    INSERT INTO iduo.company (number, kind, surname, names, name, document, tax_id, plan, street, locality, province, service_status,
                              status_since, cutoff_date, debt, note, imported)
    SELECT b.number, p.kind, p.surname, p.names, p.name, p.document, p.tax_id, p.plan, p.street, p.locality, p.province,
           b.payload ->> 'status', iduo.today(), p.cutoff_date, p.debt, p.note, b.payload - 'warnings' - 'opens' - 'moves'
    FROM iduo.batch_row b, jsonb_populate_record(NULL::iduo.company, b.payload - 'id') p
    WHERE b.batch_id = p_batch AND b.outcome = 'created';
    UPDATE iduo.batch_row b SET company_id = o.id, payload = b.payload || '{"opens": true, "moves": false}' FROM iduo.company o
    WHERE b.batch_id = p_batch AND b.outcome = 'created' AND o.number = b.number;
    ANALYZE iduo.batch_row, iduo.company;

    -- what the list does not say stays, unless it says so to take it away; without a document nobody can tell a company from a person
    UPDATE iduo.company o SET kind = CASE WHEN x.unsure THEN o.kind ELSE p.kind END,
        surname = CASE WHEN p.surname = '' AND p.kind = 'person' AND NOT x.erase ? 'surname' THEN o.surname ELSE p.surname END,
        names = CASE WHEN x.unsure OR p.names = '' AND p.name = '' AND NOT x.erase ? 'name' THEN o.names ELSE p.names END,
        name = CASE WHEN p.names = '' AND p.name = '' AND NOT x.erase ? 'name' THEN o.name WHEN x.unsure THEN p.names ELSE p.name END,
        document = CASE WHEN p.document = '' AND NOT x.erase ? 'document' THEN o.document ELSE p.document END,
        tax_id = CASE WHEN p.tax_id = '' AND NOT x.erase ? 'document' THEN o.tax_id ELSE p.tax_id END,
        plan = CASE WHEN p.plan = '' AND NOT x.erase ? 'plan' THEN o.plan ELSE p.plan END,
        cutoff_date = CASE WHEN p.cutoff_date IS NULL AND NOT x.erase ? 'cutoff_date' THEN o.cutoff_date ELSE p.cutoff_date END,
        debt = CASE WHEN p.debt IS NULL AND NOT x.erase ? 'debt' THEN o.debt ELSE p.debt END,
        province = CASE WHEN 'province' = ANY (o.corrected) OR p.province = '' AND NOT coalesce(x.erase ? 'province', false) THEN o.province ELSE p.province END,
        street = CASE WHEN 'street' = ANY (o.corrected) OR p.street = '' AND NOT coalesce(x.erase ? 'street', false) THEN o.street ELSE p.street END,
        locality = CASE WHEN 'locality' = ANY (o.corrected) OR p.locality = '' AND NOT coalesce(x.erase ? 'locality', false) THEN o.locality ELSE p.locality END,
        note = CASE WHEN 'note' = ANY (o.corrected) OR p.note = '' AND NOT coalesce(x.erase ? 'note', false) THEN o.note ELSE p.note END,
        status_since = CASE WHEN o.service_status <> b.payload ->> 'status' THEN iduo.today() ELSE o.status_since END,
        service_status = b.payload ->> 'status', imported = b.payload - 'warnings' - 'opens' - 'moves', version = o.version + 1
    FROM iduo.batch_row b JOIN iduo.company c ON c.id = b.company_id, jsonb_populate_record(NULL::iduo.company, b.payload - 'id') p, LATERAL (
        -- a list from before this was asked has no such key, and is taken as it is
        SELECT b.payload -> 'erase' AS erase, b.payload ? 'erase' AND p.kind = 'person' AND c.kind = 'organisation'
               AND p.surname = '' AND p.document = '' AND p.tax_id = '' AS unsure) x
    WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND o.id = b.company_id;

    PERFORM iduo.apply_addresses(p_batch);
    RETURN QUERY SELECT * FROM iduo.apply_cases(p_batch);
END $$;

-- Whose cases somebody is working on right now is left for the next import, as whose data somebody corrects.
CREATE OR REPLACE FUNCTION iduo.skip_held_cases(p_batch bigint) RETURNS void
LANGUAGE sql SET search_path = '' AS $$
    WITH wanted AS MATERIALIZED (
        SELECT c.id, c.company_id FROM iduo.case c JOIN iduo.batch_row b ON b.company_id = c.company_id
        WHERE b.batch_id = p_batch AND b.outcome = 'updated'
    ), free AS MATERIALIZED (
        SELECT c.id FROM iduo.case c WHERE c.id IN (SELECT w.id FROM wanted w) ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE iduo.batch_row b SET outcome = 'refused', message = iduo.held_message()
    WHERE b.batch_id = p_batch AND b.outcome = 'updated'
      AND b.company_id IN (SELECT w.company_id FROM wanted w WHERE w.id NOT IN (SELECT f.id FROM free f))
$$;

CREATE OR REPLACE FUNCTION iduo.apply_addresses(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    -- a number that came before, under any spelling, is known by its key, also when it was corrected or taken away here
    INSERT INTO iduo.company_phone (company_id, typed, e164, search_key, kind, valid, imported_as)
    SELECT DISTINCT ON (b.company_id, k.key) b.company_id, p ->> 'typed', p ->> 'e164', coalesce(p ->> 'search_key', ''), coalesce(p ->> 'kind', ''),
           (p ->> 'valid')::boolean, k.key
    FROM iduo.batch_row b, jsonb_array_elements(b.payload -> 'phones') WITH ORDINALITY AS a(p, n),
         LATERAL (SELECT coalesce(nullif(p ->> 'search_key', ''), left(p ->> 'typed', 60)) AS key) k
    WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated') AND NOT EXISTS (
        SELECT FROM iduo.company_phone f WHERE f.company_id = b.company_id AND (f.imported_as = k.key OR f.search_key = k.key))
    ORDER BY b.company_id, k.key, a.n;
    INSERT INTO iduo.company_email (company_id, address, valid, imported_as)
    SELECT DISTINCT ON (b.company_id, lower(m ->> 'address')) b.company_id, m ->> 'address', (m ->> 'valid')::boolean, lower(m ->> 'address')
    FROM iduo.batch_row b, jsonb_array_elements(b.payload -> 'emails') m
    WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated') AND NOT EXISTS (
        SELECT FROM iduo.company_email e WHERE e.company_id = b.company_id
          AND (e.imported_as = lower(m ->> 'address') OR lower(e.address) = lower(m ->> 'address')));
    INSERT INTO iduo.extension (company_id, until_date, reason, by)
    SELECT b.company_id, (b.payload ->> 'extended_until')::date, 'Vino en la lista de clientes', session_user
    FROM iduo.batch_row b WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated') AND b.payload ->> 'extended_until' IS NOT NULL
    ON CONFLICT (company_id, until_date) WHERE state = 'granted' DO NOTHING;
    UPDATE iduo.company o SET extended_until = (b.payload ->> 'extended_until')::date
    FROM iduo.batch_row b WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated') AND o.id = b.company_id
      AND o.extended_until IS DISTINCT FROM (b.payload ->> 'extended_until')::date
      AND (b.payload ->> 'extended_until' IS NOT NULL OR coalesce(b.payload -> 'erase' ? 'extended_until', true));
END $$;

-- Cases are opened where needed, and moved only where the status differs from the last list: a move by hand stays.
CREATE OR REPLACE FUNCTION iduo.apply_cases(p_batch bigint) RETURNS TABLE (opened integer, moved integer)
LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    WITH born AS (
        INSERT INTO iduo.case (company_id, subject, collection, list, opened_by)
        SELECT b.company_id, 'Lista de clientes', true, b.payload ->> 'status', session_user FROM iduo.batch_row b
        WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated') AND (b.payload ->> 'opens')::boolean ORDER BY b.row
        RETURNING id, company_id, list
    ), told AS (
        INSERT INTO iduo.case_event (case_id, company_id, kind, by, detail, version_after)
        SELECT n.id, n.company_id, 'imported', session_user, iduo.list_label(n.list), 1 FROM born n RETURNING 1
    ) SELECT count(*)::integer INTO opened FROM told;
    WITH gone AS (
        SELECT c.id, c.company_id, c.list AS old_list, c.version, b.payload ->> 'status' AS list FROM iduo.batch_row b
        JOIN iduo.case c ON c.company_id = b.company_id AND c.state = 'open' AND c.collection
        WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND (b.payload ->> 'moves')::boolean
          AND NOT (b.payload ->> 'opens')::boolean AND c.list <> b.payload ->> 'status'
    ), shifted AS (
        UPDATE iduo.case c SET list = g.list, move_reason = NULL, move_until = NULL, version = c.version + 1 FROM gone g WHERE c.id = g.id
        RETURNING c.id
    ), told AS (
        INSERT INTO iduo.case_event (case_id, company_id, kind, by, detail, version_after)
        SELECT g.id, g.company_id, 'moved', session_user, iduo.list_label(g.old_list) || ' → ' || iduo.list_label(g.list) || ' (lista de clientes)',
               g.version + 1 FROM gone g RETURNING 1
    ) SELECT count(*)::integer INTO moved FROM told;
    RETURN NEXT;
END $$;
RESET ROLE;
