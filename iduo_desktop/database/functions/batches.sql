-- Client lists brought in: rows are staged, judged all together, and applied once.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.open_batch(p_kind text, p_file_name text, p_sha256 text, p_key uuid)
RETURNS TABLE (batch_id bigint, already timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    IF p_kind IS DISTINCT FROM 'clients' OR p_sha256 IS NULL OR p_sha256 !~ '^[0-9a-f]{64}$' OR p_key IS NULL THEN
        PERFORM iduo.refuse('Ese archivo no se puede importar así.');
    END IF;
    INSERT INTO iduo.batch (kind, file_name, sha256, by, key)
    VALUES (p_kind, left(iduo.need('file_name', p_file_name, 'Falta el nombre del archivo.', 255), 255), p_sha256, session_user, p_key)
    ON CONFLICT (key) DO NOTHING;
    RETURN QUERY SELECT b.id, (SELECT max(a.applied_at) FROM iduo.batch a WHERE a.sha256 = p_sha256 AND a.state = 'applied' AND a.id <> b.id)
        FROM iduo.batch b WHERE b.key = p_key AND b.by = session_user AND b.sha256 = p_sha256;
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
    PERFORM iduo.require('coordinator', 'admin');
    IF (iduo.own_batch(p_batch)).state <> 'staging' THEN
        PERFORM iduo.refuse('Ese lote ya se aplicó.');
    ELSIF jsonb_typeof(p_rows) IS DISTINCT FROM 'array' OR jsonb_array_length(p_rows) > 5000 THEN
        PERFORM iduo.refuse('Las filas llegan de a 5000 como mucho.');
    END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements(p_rows) r WHERE jsonb_typeof(r -> 'row') IS DISTINCT FROM 'number'
               OR NOT pg_input_is_valid(r ->> 'row', 'integer') OR coalesce(r ->> 'outcome', 'refused') NOT IN ('unchanged', 'doubtful', 'refused')) THEN
        PERFORM iduo.refuse('Las filas no se entienden.');
    END IF;
    INSERT INTO iduo.batch_row (batch_id, row, payload, number, outcome, message)
    SELECT p_batch, (r ->> 'row')::integer, CASE WHEN x.long THEN '{}' ELSE r - 'row' END,
           CASE WHEN pg_input_is_valid(r ->> 'number', 'bigint') AND NOT x.long THEN (r ->> 'number')::bigint END,
           CASE WHEN x.long THEN 'refused' ELSE r ->> 'outcome' END,
           CASE WHEN x.long THEN 'La fila es demasiado larga.' ELSE left(coalesce(r ->> 'message', ''), 1000) END
    FROM jsonb_array_elements(p_rows) r, LATERAL (SELECT octet_length(r::text) > 15000 AS long) x
    ON CONFLICT (batch_id, row) DO NOTHING;
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
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    v_batch := iduo.own_batch(p_batch);
    IF v_batch.state = 'staging' THEN
        IF NOT p_dry_run THEN
            -- two lists at once would both open the same clients
            LOCK TABLE iduo.batch IN SHARE UPDATE EXCLUSIVE MODE;
        END IF;
        -- rows that came a moment ago are unknown to the planner, which would then read them once for each of them
        ANALYZE iduo.batch_row, iduo.company, iduo.case;
        PERFORM iduo.judge_clients(p_batch);
        IF NOT p_dry_run THEN
            ANALYZE iduo.batch_row;
            PERFORM set_config('synchronous_commit', 'on', true);
            SELECT o.opened, o.moved INTO v_opened, v_moved FROM iduo.apply_clients(p_batch) o;
            UPDATE iduo.batch b SET state = 'applied', applied_at = clock_timestamp(), cases_opened = v_opened, cases_moved = v_moved
            WHERE b.id = p_batch;
        END IF;
    END IF;
    RETURN QUERY
        SELECT count(*)::integer, count(*) FILTER (WHERE r.outcome = 'created')::integer, count(*) FILTER (WHERE r.outcome = 'updated')::integer,
               count(*) FILTER (WHERE r.outcome = 'unchanged')::integer, count(*) FILTER (WHERE r.outcome = 'doubtful')::integer,
               count(*) FILTER (WHERE r.outcome = 'refused')::integer, b.cases_opened, b.cases_moved
        FROM iduo.batch b LEFT JOIN iduo.batch_row r ON r.batch_id = b.id WHERE b.id = p_batch GROUP BY b.id;
END $$;

CREATE FUNCTION api.batch_outcomes(p_batch bigint, p_after integer DEFAULT 0, p_limit integer DEFAULT 1000)
RETURNS TABLE ("row" integer, outcome text, message text, kept text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    RETURN QUERY SELECT r.row, r.outcome, r.message, r.kept FROM iduo.batch_row r
        WHERE r.batch_id = p_batch AND r.row > p_after AND (r.outcome IN ('doubtful', 'refused') OR r.kept <> '' OR r.message <> '')
        ORDER BY r.row LIMIT greatest(1, least(p_limit, 1000));
END $$;
GRANT EXECUTE ON FUNCTION api.open_batch, api.stage_rows, api.apply_batch, api.batch_outcomes TO iduo_coordinator, iduo_admin;
RESET ROLE;
