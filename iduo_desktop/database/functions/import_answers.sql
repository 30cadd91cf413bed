-- Answers that come back for the messages of a batch. A staged row is
--   {"row": 7, "number": 100123 or "100 123-4" as typed, "code": "BCDFGH" or null, "answer": "text", "answered_on": "2026-11-20" or null}
-- `code` is null only where the file has no such column. A row that the file itself makes impossible comes judged already:
--   {"row": 8, "outcome": "refused", "message": "La fecha de respuesta no se entiende: «32/13»."}; an empty answer comes as it is, and ends as "empty".
GRANT EXECUTE ON FUNCTION iduo.perhaps_meant TO iduo_owner;
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.open_answers(p_file_name text, p_sha256 text, p_of_batch bigint, p_key uuid)
RETURNS TABLE (batch_id bigint, already timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    IF p_sha256 IS NULL OR p_sha256 !~ '^[0-9a-f]{64}$' OR p_key IS NULL THEN
        PERFORM iduo.refuse('Ese archivo no se puede importar así.');
    ELSIF p_of_batch IS NOT NULL AND NOT EXISTS (SELECT FROM iduo.batch b WHERE b.id = p_of_batch AND b.kind = 'sent' AND b.applied_at IS NOT NULL) THEN
        PERFORM iduo.refuse(format('El archivo dice que responde al lote %s, que no se envió desde acá.', p_of_batch));
    END IF;
    INSERT INTO iduo.batch (kind, file_name, sha256, of_batch, by, key)
    VALUES ('answers', iduo.need('file_name', p_file_name, 'Falta el nombre del archivo.', 255), p_sha256, p_of_batch, session_user, p_key)
    ON CONFLICT (key) DO NOTHING;
    RETURN QUERY SELECT b.id, iduo.applied_before(b) FROM iduo.batch b
        WHERE b.key = p_key AND b.by = session_user AND b.sha256 = p_sha256 AND b.kind = 'answers' AND b.of_batch IS NOT DISTINCT FROM p_of_batch;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Ese pedido ya se hizo con otros datos.' USING ERRCODE = '23505';
    END IF;
END $$;

-- When the same file was applied before.
CREATE OR REPLACE FUNCTION iduo.applied_before(p_batch iduo.batch) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT max(a.applied_at) FROM iduo.batch a
    WHERE a.sha256 = p_batch.sha256 AND a.state = 'applied' AND a.kind = p_batch.kind AND a.id <> p_batch.id
$$;

CREATE FUNCTION api.apply_answers(p_batch bigint, p_replace integer[], p_dry_run boolean)
RETURNS TABLE (rows integer, answered integer, same integer, conflict integer, doubtful integer, refused integer, already timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '30s' AS $$
#variable_conflict use_column
DECLARE
    v_batch iduo.batch;
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    v_batch := iduo.own_batch(p_batch);
    IF v_batch.kind <> 'answers' THEN
        PERFORM iduo.refuse('Ese lote no trae respuestas.');
    END IF;
    IF v_batch.state = 'staging' THEN
        -- rows that came a moment ago are unknown to the planner; it also tells the guard that this may take longer than a question
        ANALYZE iduo.batch_row;
        PERFORM iduo.judge_answers(v_batch, coalesce(p_replace, '{}'), NOT coalesce(p_dry_run, true));
        IF NOT coalesce(p_dry_run, true) THEN
            PERFORM set_config('synchronous_commit', 'on', true);
            PERFORM iduo.write_answers(p_batch);
            PERFORM iduo.close_batch(p_batch);
        END IF;
    END IF;
    RETURN QUERY
        SELECT count(*)::integer, (count(*) FILTER (WHERE r.outcome = 'answered'))::integer, (count(*) FILTER (WHERE r.outcome IN ('same', 'unchanged')))::integer,
               (count(*) FILTER (WHERE r.outcome = 'conflict'))::integer, (count(*) FILTER (WHERE r.outcome IN ('wrong_state', 'busy', 'doubtful')))::integer,
               (count(*) FILTER (WHERE r.outcome IN ('refused', 'wrong_code', 'unknown', 'empty')))::integer, iduo.applied_before(v_batch)
        FROM iduo.batch_row r WHERE r.batch_id = p_batch;
END $$;

CREATE OR REPLACE FUNCTION iduo.no_later_than_today(p_day text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT p_day <= iduo.today()::text $$;

-- Whether the ticket went out with that code, in whichever batch.
CREATE OR REPLACE FUNCTION iduo.code_fits(p_ticket bigint, p_code text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    RETURN EXISTS (SELECT FROM iduo.batch_row s JOIN iduo.batch b ON b.id = s.batch_id AND b.kind = 'sent' AND b.applied_at IS NOT NULL
                   WHERE s.ticket_id = p_ticket AND iduo.row_code(b.id, b.key, s.number) = p_code);
END $$;

-- The ticket that may have been meant: whose code that is, in the batch that is answered; else one whose neighbouring digits are changed over,
-- or whose check digit was wrong.
CREATE OR REPLACE FUNCTION iduo.near_ticket(p_batch iduo.batch, p_digits text, p_checked boolean, p_code text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_number bigint;
    v_near bigint[];
BEGIN
    IF p_code <> '' AND p_batch.of_batch IS NOT NULL THEN
        SELECT s.number INTO v_number FROM iduo.batch b JOIN iduo.batch_row s ON s.batch_id = b.id
        WHERE b.id = p_batch.of_batch AND iduo.row_code(b.id, b.key, s.number) = p_code LIMIT 1;
    END IF;
    IF v_number IS NULL AND length(p_digits) BETWEEN 2 AND 15 THEN
        v_near := ARRAY(SELECT overlay(p_digits PLACING reverse(substr(p_digits, i, 2)) FROM i FOR 2)::bigint FROM generate_series(1, length(p_digits) - 1) i);
        IF p_checked THEN
            v_near := iduo.perhaps_meant(p_digits) || left(p_digits, -1)::bigint;
        ELSIF iduo.setting('ticket_check_digit')::boolean THEN
            v_near := v_near || iduo.perhaps_meant(p_digits) || left(p_digits, -1)::bigint;
        END IF;
        SELECT t.number INTO v_number FROM iduo.ticket t WHERE t.number = ANY (v_near) AND t.number::text <> p_digits
        ORDER BY coalesce(t.batch_out = p_batch.of_batch, false) DESC, t.state = 'awaiting_answer' DESC,
                 t.number = left(p_digits, -1)::bigint DESC, t.number LIMIT 1;
    END IF;
    RETURN CASE WHEN v_number IS NOT NULL THEN iduo.spoken_number(v_number, iduo.check_digit(v_number)) END;
END $$;

-- What each row says, and which ticket it means; or why it cannot be an answer. A number may have its check digit with it, behind a hyphen or not.
CREATE OR REPLACE FUNCTION iduo.told_answers(p_batch iduo.batch)
RETURNS TABLE ("row" integer, number bigint, ticket_id bigint, answer text, outcome text, message text, suggestion text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    WITH typed AS MATERIALIZED (
        SELECT w.row, w.payload, btrim(replace(coalesce(w.payload ->> 'answer', ''), E'\r\n', E'\n'), E' \t\r\n') AS answer,
               upper(btrim(w.payload ->> 'code')) AS code, regexp_replace(m[1], '\D', '', 'g') AS digits, m[2] AS check_digit
        FROM iduo.batch_row w,
             LATERAL (SELECT CASE jsonb_typeof(w.payload -> 'number') WHEN 'number' THEN trim_scale((w.payload ->> 'number')::numeric)::text
                             ELSE btrim(w.payload ->> 'number') END AS said) s,
             LATERAL (SELECT regexp_match(s.said, '^[^\d-]{0,8}(\d[\d ., ]{0,20}?)\s*(?:[-–/]\s*(\d))?$')) AS x(m)
        WHERE w.batch_id = p_batch.id AND NOT w.payload ? 'outcome' AND w.payload <> '{}'
    ), found AS (
        SELECT y.*, coalesce(t.number, c.number, n.number) AS number, coalesce(t.id, c.id) AS ticket_id
        FROM typed y
        CROSS JOIN LATERAL (SELECT CASE WHEN length(y.digits) BETWEEN 1 AND 15 THEN y.digits::bigint END AS number,
                                   CASE WHEN p.checked AND y.check_digit IS NULL AND length(y.digits) BETWEEN 2 AND 16 AND iduo.damm(y.digits) = 0
                                        THEN left(y.digits, -1)::bigint END AS unchecked
                            FROM (SELECT iduo.setting('ticket_check_digit')::boolean AS checked) p) n
        LEFT JOIN iduo.ticket t ON t.number = n.number AND (y.check_digit IS NULL OR y.check_digit = iduo.damm(y.digits)::text)
        LEFT JOIN iduo.ticket c ON t.id IS NULL AND c.number = n.unchecked
    )
    SELECT f.row, f.number, f.ticket_id, f.answer, x.outcome,
           CASE x.outcome WHEN 'empty' THEN 'No tiene respuesta.' WHEN 'unknown' THEN CASE WHEN f.number IS NULL THEN 'Falta el número de ticket.'
                                                                                         ELSE 'Ese ticket no existe.' END
               WHEN 'wrong_code' THEN 'El control no corresponde a ese número: la respuesta puede ser de otro mensaje.'
               WHEN 'refused' THEN CASE WHEN length(f.answer) > 4000 THEN 'La respuesta tiene más de 4000 caracteres.'
                                        ELSE 'La fecha de respuesta no puede ser.' END ELSE '' END,
           CASE WHEN x.outcome IN ('unknown', 'wrong_code') THEN coalesce(iduo.near_ticket(p_batch, f.digits || coalesce(f.check_digit, ''), f.check_digit IS NOT NULL, f.code), '')
                ELSE '' END
    FROM found f, LATERAL (SELECT CASE
        WHEN f.answer = '' THEN 'empty'
        WHEN length(f.answer) > 4000 OR f.payload ->> 'answered_on' IS NOT NULL AND NOT coalesce(
            f.payload ->> 'answered_on' ~ '^(19|2\d)\d{2}-\d{2}-\d{2}$' AND pg_input_is_valid(f.payload ->> 'answered_on', 'date')
            AND iduo.no_later_than_today(f.payload ->> 'answered_on'), false) THEN 'refused'
        WHEN f.ticket_id IS NULL THEN 'unknown'
        WHEN f.code IS NOT NULL AND NOT iduo.code_fits(f.ticket_id, f.code) THEN 'wrong_code' END AS outcome) x
$$;

-- How each row ends, or would end. To apply, tickets are taken in the order of their numbers; one that somebody holds is left out, and sinks
-- nothing. Of several rows for one ticket the first one holds, or the last of those that are to replace.
CREATE OR REPLACE FUNCTION iduo.judge_answers(p_batch iduo.batch, p_replace integer[], p_lock boolean) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    -- what the same file brought before, and was sent back since, is not brought again
    v_before bigint[] := ARRAY(SELECT a.id FROM iduo.batch a WHERE a.sha256 = p_batch.sha256 AND a.kind = 'answers' AND a.state = 'applied' AND a.id <> p_batch.id);
BEGIN
    EXECUTE format($q$
        WITH told AS MATERIALIZED (
            SELECT a.*, first_value(a.row) OVER (PARTITION BY a.ticket_id ORDER BY a.outcome IS NULL DESC,
                   CASE WHEN a.row = ANY ($3) THEN -a.row END NULLS LAST, a.row) AS winner FROM iduo.told_answers($1) a
        ), taken AS MATERIALIZED (
            SELECT t.id, t.state, t.answer, t.answered_at, t.answered_by, t.batch_in, t.version FROM iduo.ticket t
            WHERE t.id IN (SELECT a.ticket_id FROM told a WHERE a.outcome IS NULL) ORDER BY t.number %s
        ), judged AS (
            SELECT a.*, t, CASE
                WHEN a.outcome IS NOT NULL THEN a.outcome
                WHEN t.id IS NULL THEN 'busy'
                WHEN t.answer <> '' AND iduo.same_words(t.answer, a.answer) THEN 'same'
                WHEN t.state = 'communicated' THEN 'wrong_state'
                WHEN t.answer <> '' AND NOT a.row = ANY ($3) THEN 'conflict'
                WHEN t.answer = '' AND $4 <> '{}' AND EXISTS (
                    SELECT FROM iduo.batch_row o WHERE o.ticket_id = t.id AND o.batch_id = ANY ($4) AND o.outcome = 'answered'
                      AND iduo.same_words(o.payload ->> 'answer', a.answer)) THEN 'same'
                ELSE 'answered' END AS verdict
            FROM told a LEFT JOIN taken t ON t.id = a.ticket_id
        ), settled AS (
            SELECT j.row, j.number, j.ticket_id, j.suggestion, j.message, j.verdict, (j.t).answer AS old, j.t, CASE
                WHEN j.verdict = 'answered' AND j.row <> j.winner THEN CASE WHEN iduo.same_words(w.answer, j.answer) THEN 'same' ELSE 'conflict' END
                ELSE j.verdict END AS outcome, w.row AS winner, w.answer AS winning
            FROM judged j LEFT JOIN judged w ON j.verdict = 'answered' AND j.row <> j.winner AND w.row = j.winner
        ), ended AS (
            SELECT s.row, s.number, s.ticket_id, s.suggestion, s.outcome, CASE s.outcome
                    WHEN 'same' THEN CASE WHEN s.winner IS NOT NULL THEN format('Está también en la fila %%s.', s.winner) ELSE 'Ya tenía esta respuesta.' END
                    WHEN 'conflict' THEN CASE WHEN s.winner IS NOT NULL THEN format('En la fila %%s tiene otra respuesta.', s.winner) ELSE 'Ya tiene otra respuesta.' END
                    WHEN 'wrong_state' THEN 'Ya se le comunicó otra respuesta.'
                    WHEN 'busy' THEN iduo.held_message() ELSE s.message END AS message,
                CASE WHEN s.outcome = 'answered' THEN to_jsonb(s.t) - 'id'
                     WHEN s.outcome IN ('conflict', 'wrong_state') THEN jsonb_build_object('answer', coalesce(s.winning, s.old)) END AS before
            FROM settled s
        )
        UPDATE iduo.batch_row r SET number = e.number, ticket_id = e.ticket_id, outcome = e.outcome, message = e.message, suggestion = e.suggestion, before = e.before
        FROM ended e WHERE r.batch_id = $2 AND r.row = e.row
          AND (r.number, r.ticket_id, r.outcome, r.message, r.suggestion, r.before)
              IS DISTINCT FROM (e.number, e.ticket_id, e.outcome, e.message, e.suggestion, e.before) $q$,
        CASE WHEN p_lock THEN 'FOR NO KEY UPDATE SKIP LOCKED' ELSE '' END)
    USING p_batch, p_batch.id, p_replace, v_before;
END $$;

-- Whether two answers say the same, however their blanks and lines are set.
CREATE OR REPLACE FUNCTION iduo.same_words(p_one text, p_other text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT p_one = p_other OR btrim(regexp_replace(normalize(p_one, NFC), '\s+', ' ', 'g')) = btrim(regexp_replace(normalize(p_other, NFC), '\s+', ' ', 'g'))
$$;

-- A day that the file gives is the day of the answer, unless it is older than the message; its hour is nobody's.
CREATE OR REPLACE FUNCTION iduo.write_answers(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    UPDATE iduo.ticket t SET state = 'awaiting_communication', batch_in = p_batch, version = t.version + 1, answered_by = session_user,
        answer = btrim(replace(r.payload ->> 'answer', E'\r\n', E'\n'), E' \t\r\n'),
        answered_at = greatest(t.at, least(v_now, coalesce(iduo.midnight(r.payload ->> 'answered_on', 0) + interval '12 hours', v_now)))
    FROM iduo.batch_row r WHERE r.batch_id = p_batch AND r.outcome = 'answered' AND t.id = r.ticket_id;
    INSERT INTO iduo.ticket_event (ticket_id, kind, by, text, version_after)
    SELECT r.ticket_id, 'answered', session_user, btrim(replace(r.payload ->> 'answer', E'\r\n', E'\n'), E' \t\r\n'), (r.before ->> 'version')::integer + 1
    FROM iduo.batch_row r WHERE r.batch_id = p_batch AND r.outcome = 'answered' ORDER BY r.number;
END $$;

CREATE FUNCTION api.answer_outcomes(p_batch bigint, p_after integer DEFAULT 0, p_limit integer DEFAULT 1000)
RETURNS TABLE ("row" integer, number bigint, outcome text, message text, answer text, before text, suggestion text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    RETURN QUERY SELECT r.row, r.number, coalesce(r.outcome, ''), r.message, coalesce(r.payload ->> 'answer', ''), coalesce(r.before ->> 'answer', ''), r.suggestion
        FROM iduo.batch_row r JOIN iduo.batch b ON b.id = r.batch_id AND b.kind = 'answers'
        WHERE r.batch_id = p_batch AND r.row > coalesce(p_after, 0) ORDER BY r.row LIMIT greatest(1, least(coalesce(p_limit, 1000), 5000));
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_batch_rows(p_batch, v_rows);
END $$;
GRANT EXECUTE ON FUNCTION api.open_answers, api.apply_answers, api.answer_outcomes TO iduo_coordinator, iduo_admin, iduo_job;
RESET ROLE;
