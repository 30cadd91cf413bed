-- Undoing a batch: what it changed is as it was, what it made is gone, and what somebody touched since is left alone and listed.
-- What was created is deleted where nothing else hangs on it by now; the audit log keeps that it was there.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.undo_batch(p_batch bigint, p_key uuid)
RETURNS TABLE ("row" integer, number bigint, what text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '30s' AS $$
#variable_conflict use_column
DECLARE
    v_batch iduo.batch;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    SELECT * INTO v_batch FROM iduo.batch b WHERE b.id = p_batch FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese lote no existe.');
    ELSIF EXISTS (SELECT FROM iduo.batch b WHERE b.undo_key = p_key AND (b.id <> p_batch OR b.undone_by <> session_user)) THEN
        RAISE EXCEPTION 'Ese pedido ya se hizo con otros datos.' USING ERRCODE = '23505';
    ELSIF v_batch.undo_key IS DISTINCT FROM p_key THEN
        PERFORM iduo.need_undoable(v_batch);
        PERFORM set_config('synchronous_commit', 'on', true);
        -- tells the guard that this may take longer than a question; two lists at once would take each other's companies
        LOCK TABLE iduo.batch_row IN SHARE UPDATE EXCLUSIVE MODE;
        CASE v_batch.kind
            WHEN 'sent' THEN PERFORM iduo.undo_sent(p_batch);
            WHEN 'answers' THEN PERFORM iduo.undo_answers(p_batch);
            WHEN 'contacts' THEN PERFORM iduo.undo_contacts(p_batch);
            ELSE PERFORM iduo.undo_companies(p_batch);
        END CASE;
        UPDATE iduo.batch b SET state = 'undone', undone_at = clock_timestamp(), undone_by = session_user, undo_key = p_key WHERE b.id = p_batch;
    END IF;
    RETURN QUERY SELECT r.row, r.number, r.left_alone FROM iduo.batch_row r WHERE r.batch_id = p_batch AND r.left_alone <> '' ORDER BY r.row;
END $$;

CREATE OR REPLACE FUNCTION iduo.need_undoable(p_batch iduo.batch) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF p_batch.state = 'undone' THEN
        PERFORM iduo.refuse(format('%s ya deshizo ese lote %s.', iduo.name_of(p_batch.undone_by), iduo.spoken(p_batch.undone_at)));
    ELSIF p_batch.state NOT IN ('applied', 'sent') THEN
        PERFORM iduo.refuse('Ese lote no se aplicó: no hay nada que deshacer.');
    ELSIF p_batch.applied_at < clock_timestamp() - interval '30 days' THEN
        PERFORM iduo.refuse('Pasaron más de 30 días: ese lote ya no se puede deshacer.');
    END IF;
END $$;

-- Tickets of a batch that went out: nobody answered them, and no later batch took them along.
CREATE OR REPLACE FUNCTION iduo.undo_sent(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM FROM iduo.ticket t WHERE t.id IN (SELECT r.ticket_id FROM iduo.batch_row r WHERE r.batch_id = p_batch) ORDER BY t.id FOR NO KEY UPDATE;
    UPDATE iduo.batch_row r SET left_alone = x.why
    FROM (SELECT w.row, CASE
            WHEN t.batch_out IS DISTINCT FROM p_batch THEN 'Después salió en otro lote.'
            WHEN t.state NOT IN ('open', 'awaiting_answer') THEN format('Ya está %s.', iduo.state_label(t.state))
            WHEN w.before IS NULL OR NOT w.before ? 'state' THEN 'Ya no se guarda cómo estaba.'
            WHEN EXISTS (SELECT FROM iduo.ticket_event e WHERE e.ticket_id = t.id AND e.kind IN ('taken', 'answered', 'sent_back') AND e.undone_at IS NULL
                         AND e.id > (SELECT max(x.id) FROM iduo.ticket_event x WHERE x.ticket_id = t.id AND x.kind = 'exported')) THEN 'Ya lo tomaron o lo respondieron.'
            END AS why
          FROM iduo.batch_row w JOIN iduo.ticket t ON t.id = w.ticket_id WHERE w.batch_id = p_batch AND w.outcome IN ('moved', 'sent')) x
    WHERE r.batch_id = p_batch AND r.row = x.row AND x.why IS NOT NULL;
    UPDATE iduo.ticket t SET state = r.before ->> 'state', batch_out = (r.before ->> 'batch_out')::bigint, sent_at = (r.before ->> 'sent_at')::timestamptz,
        sent_insisted = (r.before ->> 'sent_insisted')::integer, version = t.version + 1
    FROM iduo.batch_row r WHERE r.batch_id = p_batch AND t.id = r.ticket_id AND r.outcome IN ('moved', 'sent') AND r.left_alone = '';
    UPDATE iduo.ticket_event e SET undone_at = clock_timestamp()
    FROM iduo.batch_row r WHERE r.batch_id = p_batch AND r.outcome IN ('moved', 'sent') AND r.left_alone = ''
      AND e.ticket_id = r.ticket_id AND e.kind = 'exported' AND e.undone_at IS NULL AND e.text = format('lote %s', p_batch);
END $$;

-- Tickets that a batch answered, and whose answer nobody read, sent back or changed since.
CREATE OR REPLACE FUNCTION iduo.undo_answers(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM FROM iduo.ticket t WHERE t.id IN (SELECT r.ticket_id FROM iduo.batch_row r WHERE r.batch_id = p_batch AND r.outcome = 'answered')
        ORDER BY t.id FOR NO KEY UPDATE;
    UPDATE iduo.batch_row r SET left_alone = x.why
    FROM (SELECT w.row, CASE
            WHEN w.before IS NULL OR NOT w.before ? 'state' THEN 'Ya no se guarda cómo estaba.'
            WHEN t.version <> (w.before ->> 'version')::integer + 1 THEN CASE t.state WHEN 'communicated' THEN 'Ya se comunicó.' ELSE 'El ticket cambió después.' END
            END AS why
          FROM iduo.batch_row w JOIN iduo.ticket t ON t.id = w.ticket_id WHERE w.batch_id = p_batch AND w.outcome = 'answered') x
    WHERE r.batch_id = p_batch AND r.row = x.row AND x.why IS NOT NULL;
    UPDATE iduo.ticket t SET state = r.before ->> 'state', answer = r.before ->> 'answer', answered_at = (r.before ->> 'answered_at')::timestamptz,
        answered_by = r.before ->> 'answered_by', batch_in = (r.before ->> 'batch_in')::bigint, version = t.version + 1
    FROM iduo.batch_row r WHERE r.batch_id = p_batch AND t.id = r.ticket_id AND r.outcome = 'answered' AND r.left_alone = '';
    UPDATE iduo.ticket_event e SET undone_at = clock_timestamp()
    FROM iduo.batch_row r WHERE r.batch_id = p_batch AND r.outcome = 'answered' AND r.left_alone = ''
      AND e.ticket_id = r.ticket_id AND e.kind = 'answered' AND e.version_after = (r.before ->> 'version')::integer + 1 AND e.undone_at IS NULL;
END $$;

-- Who of these is pointed at by rows of other tables; the catalogue knows which there are.
CREATE OR REPLACE FUNCTION iduo.used_elsewhere(p_table text, p_ids bigint[], p_but text[]) RETURNS SETOF bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    k record;
BEGIN
    FOR k IN SELECT c.conrelid::regclass AS relation, a.attname FROM pg_catalog.pg_constraint c
             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
             JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
             WHERE c.contype = 'f' AND c.confrelid = format('iduo.%I', p_table)::regclass AND r.relname <> ALL (p_but) LOOP
        RETURN QUERY EXECUTE format('SELECT DISTINCT t.%I::bigint FROM %s t WHERE t.%1$I = ANY ($1)', k.attname, k.relation) USING p_ids;
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION api.undo_batch TO iduo_coordinator, iduo_admin;
RESET ROLE;
