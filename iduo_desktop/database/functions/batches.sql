-- Lists that are brought in: rows are staged, corrected, judged all together, and applied once; what came and went stands in the board.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.open_batch(p_kind text, p_file_name text, p_sha256 text, p_key uuid)
RETURNS TABLE (batch_id bigint, already timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    IF p_kind IS NULL OR p_kind NOT IN ('clients', 'companies', 'contacts') OR p_sha256 IS NULL OR p_sha256 !~ '^[0-9a-f]{64}$' OR p_key IS NULL THEN
        PERFORM iduo.refuse('Ese archivo no se puede importar así.');
    END IF;
    INSERT INTO iduo.batch (kind, file_name, sha256, by, key)
    VALUES (p_kind, left(iduo.need('file_name', p_file_name, 'Falta el nombre del archivo.', 255), 255), p_sha256, session_user, p_key)
    ON CONFLICT (key) DO NOTHING;
    RETURN QUERY SELECT b.id, (SELECT max(a.applied_at) FROM iduo.batch a
                               WHERE a.sha256 = p_sha256 AND a.state = 'applied' AND a.kind = p_kind AND a.id <> b.id)
        FROM iduo.batch b WHERE b.key = p_key AND b.by = session_user AND b.sha256 = p_sha256 AND b.kind = p_kind;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Ese pedido ya se hizo con otros datos.' USING ERRCODE = '23505';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION iduo.own_batch(p_batch bigint) RETURNS iduo.batch
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_batch iduo.batch;
BEGIN
    SELECT * INTO v_batch FROM iduo.batch b WHERE b.id = p_batch AND b.by = session_user FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese lote no existe o es de otra persona.');
    END IF;
    RETURN v_batch;
END $$;

CREATE FUNCTION api.stage_rows(p_batch bigint, p_rows jsonb)
RETURNS TABLE (staged integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    PERFORM iduo.staging_batch(p_batch);
    INSERT INTO iduo.batch_row (batch_id, row, payload, number, outcome, message)
    SELECT p_batch, s.row, s.payload, s.number, s.outcome, s.message FROM iduo.staged_rows(p_rows) s
    ON CONFLICT (batch_id, row) DO NOTHING;
    RETURN QUERY SELECT count(*)::integer FROM iduo.batch_row r WHERE r.batch_id = p_batch;
END $$;

-- One's own batch that can still be changed.
CREATE OR REPLACE FUNCTION iduo.staging_batch(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF (iduo.own_batch(p_batch)).state <> 'staging' THEN
        PERFORM iduo.refuse('Ese lote ya se aplicó.');
    END IF;
END $$;

-- Rows as they come, as they are kept. One that is endless is kept without what it says: one bad row must not sink the file.
CREATE OR REPLACE FUNCTION iduo.staged_rows(p_rows jsonb)
RETURNS TABLE ("row" integer, payload jsonb, number bigint, outcome text, message text)
LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    IF jsonb_typeof(p_rows) IS DISTINCT FROM 'array' OR jsonb_array_length(p_rows) > 5000 THEN
        PERFORM iduo.refuse('Las filas llegan de a 5000 como mucho.');
    END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements(p_rows) r WHERE jsonb_typeof(r -> 'row') IS DISTINCT FROM 'number'
               OR NOT pg_input_is_valid(r ->> 'row', 'integer') OR coalesce(r ->> 'outcome', 'refused') NOT IN ('unchanged', 'doubtful', 'refused')) THEN
        PERFORM iduo.refuse('Las filas no se entienden.');
    END IF;
    RETURN QUERY
        SELECT (r ->> 'row')::integer, CASE WHEN x.long THEN '{}' ELSE r - 'row' END,
               CASE WHEN pg_input_is_valid(r ->> 'number', 'bigint') AND NOT x.long THEN (r ->> 'number')::bigint END,
               CASE WHEN x.long THEN 'refused' ELSE r ->> 'outcome' END,
               CASE WHEN x.long THEN 'La fila es demasiado larga.' ELSE left(coalesce(r ->> 'message', ''), 1000) END
        -- an answer may have 4,000 letters of four bytes
        FROM jsonb_array_elements(p_rows) r, LATERAL (SELECT octet_length(r::text) > (CASE WHEN r ? 'answer' THEN 40000 ELSE 15000 END) AS long) x;
END $$;

-- A corrected row takes the place of the one with its number; it is judged anew with all others.
CREATE FUNCTION api.correct_rows(p_batch bigint, p_rows jsonb)
RETURNS TABLE (staged integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    PERFORM iduo.staging_batch(p_batch);
    UPDATE iduo.batch_row r SET payload = s.payload, number = s.number, outcome = s.outcome, message = s.message, kept = '', suggestion = '',
        company_id = NULL, ticket_id = NULL, contact_id = NULL, before = NULL
    FROM iduo.staged_rows(p_rows) s WHERE r.batch_id = p_batch AND r.row = s.row;
    RETURN QUERY SELECT count(*)::integer FROM iduo.batch_row r WHERE r.batch_id = p_batch;
END $$;

CREATE FUNCTION api.omit_rows(p_batch bigint, p_rows integer[])
RETURNS TABLE (staged integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    PERFORM iduo.staging_batch(p_batch);
    DELETE FROM iduo.batch_row r WHERE r.batch_id = p_batch AND r.row = ANY (p_rows);
    RETURN QUERY SELECT count(*)::integer FROM iduo.batch_row r WHERE r.batch_id = p_batch;
END $$;

CREATE FUNCTION api.apply_batch(p_batch bigint, p_dry_run boolean)
RETURNS TABLE (rows integer, created integer, updated integer, unchanged integer, doubtful integer, refused integer,
               cases_opened integer, cases_moved integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '30s' AS $$
#variable_conflict use_column
DECLARE
    v_batch iduo.batch;
    v_opened integer := 0;
    v_moved integer := 0;
    v_unsettled boolean;
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    v_unsettled := pg_current_xact_id_if_assigned() IS NOT NULL;
    v_batch := iduo.own_batch(p_batch);
    IF v_batch.kind NOT IN ('clients', 'companies', 'contacts') THEN
        PERFORM iduo.refuse('Ese lote no se aplica así.');
    END IF;
    IF v_batch.state = 'staging' THEN
        IF NOT p_dry_run THEN
            -- two lists at once would both open the same clients
            LOCK TABLE iduo.batch IN SHARE UPDATE EXCLUSIVE MODE;
        END IF;
        -- rows that came a moment ago are unknown to the planner, which would then read them once for each of them
        ANALYZE iduo.batch_row, iduo.company, iduo.case;
        IF v_batch.kind = 'contacts' THEN
            PERFORM iduo.judge_contacts(p_batch);
        ELSE
            PERFORM iduo.judge(v_batch);
        END IF;
        IF NOT p_dry_run THEN
            ANALYZE iduo.batch_row;
            PERFORM set_config('synchronous_commit', 'on', true);
            IF v_batch.kind = 'clients' THEN
                SELECT o.opened, o.moved INTO v_opened, v_moved FROM iduo.apply_clients(p_batch) o;
                PERFORM iduo.keep_mark(p_batch);
            ELSIF v_batch.kind = 'companies' THEN
                PERFORM iduo.apply_companies(p_batch);
                PERFORM iduo.keep_mark(p_batch);
            ELSE
                PERFORM iduo.apply_contacts(p_batch);
            END IF;
            UPDATE iduo.batch b SET cases_opened = v_opened, cases_moved = v_moved WHERE b.id = p_batch;
            PERFORM iduo.close_batch(p_batch);
        END IF;
    END IF;
    RETURN QUERY
        SELECT count(*)::integer, count(*) FILTER (WHERE r.outcome = 'created')::integer, count(*) FILTER (WHERE r.outcome = 'updated')::integer,
               count(*) FILTER (WHERE r.outcome = 'unchanged')::integer, count(*) FILTER (WHERE r.outcome = 'doubtful')::integer,
               count(*) FILTER (WHERE r.outcome = 'refused')::integer, b.cases_opened, b.cases_moved
        FROM iduo.batch b LEFT JOIN iduo.batch_row r ON r.batch_id = b.id WHERE b.id = p_batch GROUP BY b.id;
    IF v_unsettled THEN  -- a list that may yet be taken back told who is here, and how he is
        PERFORM iduo.count_rows_read((SELECT count(*) FROM iduo.batch_row r WHERE r.batch_id = p_batch AND r.outcome IN ('updated', 'unchanged', 'doubtful')));
    END IF;
END $$;

-- A batch is applied: what became of its rows is counted once.
CREATE OR REPLACE FUNCTION iduo.close_batch(p_batch bigint) RETURNS void
LANGUAGE sql SET search_path = '' AS $$
    UPDATE iduo.batch b SET state = 'applied', applied_at = clock_timestamp(), row_count = x.rows, changed = x.changed, doubtful = x.doubtful, refused = x.refused
    FROM (SELECT count(*) AS rows, count(*) FILTER (WHERE r.outcome IN ('created', 'updated', 'answered')) AS changed,
                 count(*) FILTER (WHERE r.outcome IN ('doubtful', 'conflict', 'wrong_state', 'busy')) AS doubtful,
                 count(*) FILTER (WHERE r.outcome IN ('refused', 'wrong_code', 'unknown', 'empty')) AS refused
          FROM iduo.batch_row r WHERE r.batch_id = p_batch) x
    WHERE b.id = p_batch
$$;

-- How each row would end now. A list asks what its kind can store, whom a row means and what of it is new; all else is the same for all.
CREATE OR REPLACE FUNCTION iduo.judge(p_batch iduo.batch) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    UPDATE iduo.batch_row b SET outcome = NULL, message = '', kept = '', company_id = NULL
    WHERE b.batch_id = p_batch.id AND b.outcome IS NOT NULL AND NOT b.payload ? 'outcome' AND b.payload <> '{}';
    UPDATE iduo.batch_row b SET outcome = 'refused', message = x.why
    FROM (SELECT * FROM iduo.unfit_clients(p_batch.id) WHERE p_batch.kind = 'clients'
          UNION ALL SELECT * FROM iduo.unfit_companies(p_batch.id) WHERE p_batch.kind = 'companies') x
    WHERE b.batch_id = p_batch.id AND b.row = x.row;
    UPDATE iduo.batch_row b SET outcome = 'doubtful', message = format('El número %s está también en la fila %s con otros datos.', b.number, d.first)
    FROM (SELECT x.number, min(x.row) AS first FROM iduo.batch_row x WHERE x.batch_id = p_batch.id AND x.outcome IS NULL
          GROUP BY x.number HAVING count(*) > 1) d
    WHERE b.batch_id = p_batch.id AND b.outcome IS NULL AND b.number = d.number AND b.row <> d.first;
    UPDATE iduo.batch_row b SET outcome = 'refused', message = 'Sus datos se borraron porque lo pidió: sacalo de la lista.'
    FROM iduo.company o WHERE b.batch_id = p_batch.id AND b.outcome IS NULL AND o.number = b.number AND o.erased_at IS NOT NULL;
    IF p_batch.kind = 'companies' THEN
        PERFORM iduo.match_assistants(p_batch.id);
    END IF;
    UPDATE iduo.batch_row b SET company_id = s.company_id, kept = s.kept,
        message = left(coalesce((SELECT string_agg(w, '. ') FROM jsonb_array_elements_text(b.payload -> 'warnings') w), ''), 1000),
        outcome = CASE WHEN s.company_id IS NULL THEN 'created' WHEN s.same THEN 'unchanged' ELSE 'updated' END
    FROM (SELECT * FROM iduo.judged_clients(p_batch.id) WHERE p_batch.kind = 'clients'
          UNION ALL SELECT * FROM iduo.judged_companies(p_batch.id) WHERE p_batch.kind = 'companies') s
    WHERE b.batch_id = p_batch.id AND b.row = s.row;
END $$;

-- Whose data somebody is changing right now is left for the next import: one held row must not sink the file.
CREATE OR REPLACE FUNCTION iduo.skip_held_companies(p_batch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    WITH free AS MATERIALIZED (
        SELECT o.id FROM iduo.company o
        WHERE o.id IN (SELECT b.company_id FROM iduo.batch_row b WHERE b.batch_id = p_batch AND b.outcome = 'updated')
        ORDER BY o.id FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE iduo.batch_row b SET outcome = 'refused', message = iduo.held_message()
    WHERE b.batch_id = p_batch AND b.outcome = 'updated' AND b.company_id NOT IN (SELECT f.id FROM free f);
END $$;

CREATE OR REPLACE FUNCTION iduo.held_message() RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT 'Otra persona lo está cambiando en este momento: volvé a importar el archivo.'
$$;

CREATE FUNCTION api.batch_outcomes(p_batch bigint, p_after integer DEFAULT 0, p_limit integer DEFAULT 1000)
RETURNS TABLE ("row" integer, outcome text, message text, kept text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    RETURN QUERY SELECT r.row, r.outcome, r.message, r.kept FROM iduo.batch_row r
        WHERE r.batch_id = p_batch AND r.row > p_after AND (r.outcome IN ('doubtful', 'refused') OR r.kept <> '' OR r.message <> '')
        ORDER BY r.row LIMIT greatest(1, least(p_limit, 1000));
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_batch_rows(p_batch, v_rows);
END $$;

-- What came in and went out, the newest first. A ticket counts as answered as soon as it has an answer, whichever way that came.
CREATE FUNCTION api.batches(p_before bigint DEFAULT NULL, p_limit integer DEFAULT 100)
RETURNS TABLE (id bigint, kind text, state text, file_name text, sha256 text, rows integer, answered integer, refused integer, doubtful integer,
               days integer, by text, by_name text, at timestamptz, applied_at timestamptz, undone_at timestamptz, may_undo boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    RETURN QUERY
        SELECT b.id, b.kind, b.state, b.file_name, b.sha256, b.row_count,
               CASE b.kind WHEN 'sent' THEN (SELECT count(*)::integer FROM iduo.batch_row r JOIN iduo.ticket t ON t.id = r.ticket_id
                                             WHERE r.batch_id = b.id AND t.answered_at IS NOT NULL) ELSE b.changed END,
               b.refused, b.doubtful, iduo.today() - iduo.day_of(b.applied_at), b."by", coalesce(iduo.name_of(b."by"), b."by"), b.at, b.applied_at, b.undone_at,
               iduo.may_undo(b)
        FROM (SELECT * FROM iduo.batch x WHERE x.applied_at IS NOT NULL AND (p_before IS NULL OR x.id < p_before)
              ORDER BY x.id DESC LIMIT greatest(1, least(coalesce(p_limit, 100), 500))) b
        ORDER BY b.id DESC;
END $$;

CREATE OR REPLACE FUNCTION iduo.may_undo(p_batch iduo.batch) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT p_batch.state IN ('applied', 'sent') AND p_batch.applied_at > clock_timestamp() - interval '30 days'
       AND (iduo.may('coordinator') OR iduo.may('admin'))
$$;
GRANT EXECUTE ON FUNCTION api.open_batch, api.stage_rows, api.correct_rows, api.omit_rows, api.apply_batch, api.batch_outcomes, api.batches
    TO iduo_coordinator, iduo_admin, iduo_job;
RESET ROLE;
