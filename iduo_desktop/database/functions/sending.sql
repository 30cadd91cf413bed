-- The day's batch: prepared from what has to travel, written into a file by whoever asked, then sent; no ticket is in two of them.
SET LOCAL ROLE iduo_owner;

-- Six letters for a number in a batch: an answer that was sorted apart from its number is found out. No vowels, so that no sheet takes it for a word.
CREATE OR REPLACE FUNCTION iduo.row_code(p_batch bigint, p_key uuid, p_number bigint) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT translate(left(encode(sha256(convert_to(p_batch || '/' || p_key || '/' || p_number, 'UTF8')), 'hex'), 6), '0123456789abcdef', 'BCDFGHJKLMNPQRST')
$$;

-- What the caller said since the ticket was last sent, and why an answer was sent back; all of it when it was never sent.
CREATE OR REPLACE FUNCTION iduo.said_since(p_ticket bigint, p_sent_at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT left(coalesce(string_agg(e.text, E'\n' ORDER BY e.id), ''), 4000) FROM iduo.ticket_event e
    WHERE e.ticket_id = p_ticket AND e.kind IN ('insisted', 'sent_back') AND (p_sent_at IS NULL OR e.at > p_sent_at)
$$;

-- A batch that was never sent holds its tickets for an hour, and until its person prepares another one.
CREATE OR REPLACE FUNCTION iduo.expire_prepared(p_but uuid) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_gone bigint[] := ARRAY(SELECT b.id FROM iduo.batch b WHERE b.state = 'prepared' AND b.key <> p_but
                             AND (b.by = session_user OR b.at < clock_timestamp() - interval '1 hour') ORDER BY b.id FOR NO KEY UPDATE SKIP LOCKED);
BEGIN
    UPDATE iduo.batch b SET state = 'expired' WHERE b.id = ANY (v_gone);
    UPDATE iduo.batch_row r SET held = false WHERE r.batch_id = ANY (v_gone) AND r.held;
END $$;

CREATE FUNCTION api.prepare_batch(p_first date, p_last date, p_key uuid)
RETURNS TABLE (batch_id bigint, tickets integer, again integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '30s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('prepare', p_first::text, p_last::text);
    v_batch iduo.batch;
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    ELSIF p_last < p_first THEN
        PERFORM iduo.refuse_field('last', 'La fecha «hasta» es anterior a la fecha «desde».');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    PERFORM iduo.expire_prepared(p_key);
    INSERT INTO iduo.batch (kind, state, file_name, sha256, by, key, payload_hash)
    VALUES ('sent', 'prepared', '', '', session_user, p_key, v_hash) ON CONFLICT (key) DO NOTHING RETURNING * INTO v_batch;
    IF FOUND THEN
        -- tells the guard that this may take longer than a question
        ANALYZE iduo.batch_row;
        PERFORM iduo.fill_batch(v_batch, iduo.midnight(p_first::text, 0), iduo.midnight(p_last::text, 1));
    ELSE
        SELECT * INTO v_batch FROM iduo.batch b WHERE b.key = p_key;
        IF v_batch."by" <> session_user OR v_batch.payload_hash IS DISTINCT FROM v_hash THEN
            RAISE EXCEPTION 'Ese pedido ya se hizo con otros datos.' USING ERRCODE = '23505';
        ELSIF v_batch.state = 'expired' THEN
            PERFORM iduo.refuse('Ese lote venció sin enviarse: exportá de nuevo.');
        END IF;
    END IF;
    RETURN QUERY SELECT v_batch.id, count(r.row)::integer, (count(r.row) FILTER (WHERE r.payload -> 'again' = 'true'))::integer
        FROM iduo.batch_row r WHERE r.batch_id = v_batch.id;
END $$;

-- A ticket that another batch holds is left to it: its index lets nobody else in, also when both are prepared at the same moment.
-- Chosen first, then written: a plan that looks for each ticket in the table that it fills would read what it has written again and again.
CREATE OR REPLACE FUNCTION iduo.fill_batch(p_batch iduo.batch, p_first timestamptz, p_last timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_tickets bigint[] := ARRAY(
        SELECT t.id FROM iduo.ticket t
        WHERE t.state IN ('open', 'awaiting_answer') AND (t.state = 'open' OR t.batch_out IS NOT NULL) AND coalesce(t.sent_insisted, -1) < t.insisted
          AND (p_first IS NULL OR t.at >= p_first) AND (p_last IS NULL OR t.at < p_last)
          AND NOT EXISTS (SELECT FROM iduo.batch_row h WHERE h.ticket_id = t.id AND h.held)
        ORDER BY t.number);
BEGIN
    INSERT INTO iduo.batch_row (batch_id, row, number, ticket_id, held, payload, before)
    SELECT p_batch.id, x.row, t.number, t.id, true,
           jsonb_build_object('check', iduo.check_digit(t.number), 'again', t.batch_out IS NOT NULL, 'at', iduo.iso(t.at), 'kind', t.kind,
               'channel', t.channel, 'topic', t.topic, 'surname', t.surname, 'names', t.names, 'document', t.document, 'phone', t.phone,
               'email', t.email, 'company_number', t.company_number, 'company', t.company, 'text', t.text, 'remark', iduo.said_since(t.id, t.sent_at)),
           jsonb_build_object('state', t.state, 'batch_out', t.batch_out, 'sent_at', t.sent_at, 'sent_insisted', t.sent_insisted, 'insisted', t.insisted)
    FROM unnest(v_tickets) WITH ORDINALITY x(id, row) JOIN iduo.ticket t ON t.id = x.id
    ON CONFLICT (ticket_id) WHERE held DO NOTHING;
    -- what another batch took along between our look and our hold
    DELETE FROM iduo.batch_row r USING iduo.ticket t
    WHERE r.batch_id = p_batch.id AND t.id = r.ticket_id AND t.batch_out IS DISTINCT FROM (r.before ->> 'batch_out')::bigint;
    UPDATE iduo.batch b SET row_count = (SELECT count(*) FROM iduo.batch_row r WHERE r.batch_id = b.id) WHERE b.id = p_batch.id;
END $$;

-- How many were never sent, as far as one says a number; what somebody is sending at this moment is not told apart.
CREATE FUNCTION api.unsent_tickets()
RETURNS TABLE (count integer, capped boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    RETURN QUERY SELECT least(count(*), 10000)::integer, count(*) > 10000 FROM (
        SELECT FROM iduo.ticket t WHERE t.state = 'open' AND t.batch_out IS NULL AND coalesce(t.sent_insisted, -1) < t.insisted LIMIT 10001) x;
END $$;

-- What the batch holds, as it was when it was prepared.
CREATE FUNCTION api.batch_tickets(p_batch bigint, p_after integer DEFAULT 0, p_limit integer DEFAULT 1000)
RETURNS TABLE ("row" integer, ticket_id bigint, number bigint, "check" text, code text, again boolean, at timestamptz, kind text, channel text,
               topic text, surname text, names text, document text, phone text, email text, company_number bigint, company text, text text,
               remark text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    PERFORM iduo.need_nothing_written();  -- no list of messages without the batch that says who had it
    IF NOT EXISTS (SELECT FROM iduo.batch b WHERE b.id = p_batch AND b.kind = 'sent' AND (b.state <> 'prepared' OR b.by = session_user)) THEN
        PERFORM iduo.refuse('Ese lote no existe.');
    END IF;
    RETURN QUERY
        SELECT r.row, r.ticket_id, r.number, coalesce(r.payload ->> 'check', ''), iduo.row_code(b.id, b.key, r.number),
               coalesce((r.payload ->> 'again')::boolean, false), coalesce((r.payload ->> 'at')::timestamptz, b.at), coalesce(r.payload ->> 'kind', 'question'),
               coalesce(r.payload ->> 'channel', 'phone'), coalesce(r.payload ->> 'topic', ''), coalesce(r.payload ->> 'surname', ''),
               coalesce(r.payload ->> 'names', ''), coalesce(r.payload ->> 'document', ''), coalesce(r.payload ->> 'phone', ''),
               coalesce(r.payload ->> 'email', ''), (r.payload ->> 'company_number')::bigint, coalesce(r.payload ->> 'company', ''),
               coalesce(r.payload ->> 'text', '(borrado)'), coalesce(r.payload ->> 'remark', '')
        FROM iduo.batch b JOIN iduo.batch_row r ON r.batch_id = b.id
        WHERE b.id = p_batch AND r.row > coalesce(p_after, 0) ORDER BY r.row LIMIT greatest(1, least(coalesce(p_limit, 1000), 5000));
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_batch_rows(p_batch, v_rows);
END $$;

CREATE FUNCTION api.send_batch(p_batch bigint, p_file_name text, p_sha256 text, p_move boolean, p_key uuid)
RETURNS TABLE (batch_id bigint, moved integer, "left" integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '30s' AS $$
#variable_conflict use_column
DECLARE
    v_batch iduo.batch;
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    ELSIF p_sha256 IS NULL OR p_sha256 !~ '^[0-9a-f]{64}$' THEN
        PERFORM iduo.refuse('Falta la huella del archivo.');
    END IF;
    p_file_name := iduo.need('file_name', p_file_name, 'Falta el nombre del archivo.', 255);
    v_batch := iduo.own_batch(p_batch);
    IF v_batch.sent_key = p_key AND (v_batch.file_name, v_batch.sha256) IS DISTINCT FROM (p_file_name, p_sha256) OR EXISTS (
        SELECT FROM iduo.batch b WHERE b.sent_key = p_key AND b.id <> p_batch) THEN
        RAISE EXCEPTION 'Ese pedido ya se hizo con otros datos.' USING ERRCODE = '23505';
    END IF;
    replayed := v_batch.sent_key IS NOT DISTINCT FROM p_key;
    IF NOT replayed THEN
        IF v_batch.kind <> 'sent' OR v_batch.state IN ('sent', 'undone') THEN
            PERFORM iduo.refuse('Ese lote ya se envió.');
        ELSIF v_batch.state = 'expired' OR v_batch.at < clock_timestamp() - interval '1 hour' THEN
            PERFORM iduo.refuse('Ese lote venció sin enviarse: exportá de nuevo.');
        ELSIF v_batch.row_count = 0 THEN
            PERFORM iduo.refuse('Ese lote no tiene mensajes.');
        END IF;
        PERFORM set_config('synchronous_commit', 'on', true);
        ANALYZE iduo.batch_row;
        PERFORM iduo.mark_sent(v_batch, coalesce(p_move, false));
        UPDATE iduo.batch b SET state = 'sent', applied_at = clock_timestamp(), file_name = p_file_name, sha256 = p_sha256, sent_key = p_key
            WHERE b.id = p_batch;
    END IF;
    RETURN QUERY SELECT p_batch, (count(*) FILTER (WHERE r.outcome = 'moved'))::integer, (count(*) FILTER (WHERE r.outcome = 'left'))::integer, replayed
        FROM iduo.batch_row r WHERE r.batch_id = p_batch;
END $$;

-- Whoever was answered, taken or communicated since the batch was prepared stays as he is. What was said since then travels with the next one.
CREATE OR REPLACE FUNCTION iduo.mark_sent(p_batch iduo.batch, p_move boolean) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM FROM iduo.ticket t WHERE t.id IN (SELECT r.ticket_id FROM iduo.batch_row r WHERE r.batch_id = p_batch.id) ORDER BY t.id FOR NO KEY UPDATE;
    UPDATE iduo.batch_row r SET held = false,
        outcome = CASE WHEN t.state <> r.before ->> 'state' THEN 'left' WHEN t.state = 'open' AND p_move THEN 'moved' ELSE 'sent' END
    FROM iduo.ticket t WHERE r.batch_id = p_batch.id AND t.id = r.ticket_id;
    UPDATE iduo.ticket t SET state = CASE r.outcome WHEN 'moved' THEN 'awaiting_answer' ELSE t.state END, batch_out = p_batch.id,
        sent_at = p_batch.at, sent_insisted = (r.before ->> 'insisted')::integer, version = t.version + 1
    FROM iduo.batch_row r WHERE r.batch_id = p_batch.id AND t.id = r.ticket_id AND r.outcome IN ('moved', 'sent');
    INSERT INTO iduo.ticket_event (ticket_id, kind, by, text, version_after)
    SELECT t.id, 'exported', session_user, format('lote %s', p_batch.id), t.version FROM iduo.batch_row r JOIN iduo.ticket t ON t.id = r.ticket_id
    WHERE r.batch_id = p_batch.id AND r.outcome IN ('moved', 'sent') ORDER BY r.row;
END $$;
GRANT EXECUTE ON FUNCTION api.prepare_batch, api.batch_tickets, api.send_batch TO iduo_coordinator, iduo_admin, iduo_job;
GRANT EXECUTE ON FUNCTION api.unsent_tickets TO iduo_coordinator, iduo_admin;
RESET ROLE;
