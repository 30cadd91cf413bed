-- Undoing a list of persons: who was changed is as he was, who came with it is gone where nothing hangs on him yet.
SET LOCAL ROLE iduo_owner;

CREATE OR REPLACE FUNCTION iduo.undo_contacts(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM iduo.leave_changed_contacts(p_batch);
    DELETE FROM iduo.contact_phone x USING iduo.batch_row b
    WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND b.left_alone = '' AND x.contact_id = b.contact_id AND NOT b.before -> 'phones' @> to_jsonb(x.id);
    DELETE FROM iduo.contact_email x USING iduo.batch_row b
    WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND b.left_alone = '' AND x.contact_id = b.contact_id AND NOT b.before -> 'emails' @> to_jsonb(x.id);
    INSERT INTO iduo.contact_event (contact_id, kind, by, field, before, after, version_after)
    SELECT c.id, 'undone', session_user, d.field, left(coalesce(d.now, ''), 4000), left(coalesce(d.old, ''), 4000), c.version + 1
    FROM iduo.batch_row b JOIN iduo.contact c ON c.id = b.contact_id
    CROSS JOIN LATERAL jsonb_populate_record(NULL::iduo.contact, b.before -> 'contact') p
    CROSS JOIN LATERAL (VALUES ('surname', c.surname, p.surname), ('names', c.names, p.names), ('document', c.document, p.document),
        ('birth_date', c.birth_date::text, p.birth_date::text), ('note', c.note, p.note), ('company', c.company_id::text, p.company_id::text)) AS d(field, now, old)
    WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND b.left_alone = '' AND d.now IS DISTINCT FROM d.old ORDER BY b.row;
    UPDATE iduo.contact c SET surname = p.surname, names = p.names, document_type = p.document_type, document = p.document, birth_date = p.birth_date,
        note = p.note, company_id = p.company_id, version = c.version + 1
    FROM iduo.batch_row b, LATERAL jsonb_populate_record(NULL::iduo.contact, b.before -> 'contact') p
    WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND b.left_alone = '' AND c.id = b.contact_id;
    PERFORM iduo.drop_contacts(ARRAY(SELECT b.contact_id FROM iduo.batch_row b WHERE b.batch_id = p_batch AND b.outcome = 'created' AND b.left_alone = ''));
EXCEPTION WHEN foreign_key_violation THEN
    PERFORM iduo.refuse('Algo de lo que se creó con este lote ya se usa en otro lado: no se puede deshacer entero.');
END $$;

-- Whoever is being changed right now, was changed since, or is needed by now, stays as he is.
CREATE OR REPLACE FUNCTION iduo.leave_changed_contacts(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    WITH wanted AS MATERIALIZED (
        SELECT b.row, b.contact_id, b.outcome, b.before, b.after FROM iduo.batch_row b WHERE b.batch_id = p_batch AND b.outcome IN ('created', 'updated')
    ), free AS MATERIALIZED (
        SELECT c.id FROM iduo.contact c WHERE c.id IN (SELECT w.contact_id FROM wanted w) ORDER BY c.id FOR UPDATE SKIP LOCKED
    ), used AS MATERIALIZED (
        SELECT u.id FROM iduo.used_elsewhere('contact', ARRAY(SELECT w.contact_id FROM wanted w WHERE w.outcome = 'created'),
                                             ARRAY['contact_phone', 'contact_email', 'contact_event', 'batch_row']) AS u(id)
        UNION SELECT o.contact_id FROM wanted w JOIN iduo.batch_row o ON o.contact_id = w.contact_id AND o.batch_id <> p_batch
        JOIN iduo.batch k ON k.id = o.batch_id AND k.state = 'applied'
    )
    UPDATE iduo.batch_row b SET left_alone = x.why
    FROM (SELECT w.row, CASE
            WHEN w.contact_id NOT IN (SELECT f.id FROM free f) THEN 'Otra persona lo está cambiando en este momento.'
            WHEN w.outcome = 'updated' AND coalesce(NOT w.before ? 'contact', true) THEN 'Ya no se guarda cómo estaba.'
            WHEN w.after IS DISTINCT FROM iduo.contact_mark(w.contact_id) THEN 'Se cambió después de la importación.'
            WHEN w.outcome = 'created' AND w.contact_id IN (SELECT u.id FROM used u) THEN 'Ya hay trabajo sobre lo que se creó.' END AS why FROM wanted w) x
    WHERE b.batch_id = p_batch AND b.row = x.row AND x.why IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION iduo.drop_contacts(p_contacts bigint[]) RETURNS void
LANGUAGE sql SET search_path = '' AS $$
    UPDATE iduo.batch_row b SET contact_id = NULL WHERE b.contact_id = ANY (p_contacts);
    DELETE FROM iduo.contact_event x WHERE x.contact_id = ANY (p_contacts);
    DELETE FROM iduo.contact_phone x WHERE x.contact_id = ANY (p_contacts);
    DELETE FROM iduo.contact_email x WHERE x.contact_id = ANY (p_contacts);
    DELETE FROM iduo.contact c WHERE c.id = ANY (p_contacts);
$$;
RESET ROLE;
