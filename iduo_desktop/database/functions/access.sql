-- Reads that must leave a trace: a receipt first, committed in a transaction of its own, then the read.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.open_access(p_what text, p_subject text, p_reason text)
RETURNS TABLE (receipt bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    IF p_what IS NULL OR p_what NOT IN ('audit', 'person', 'erase') THEN
        PERFORM iduo.refuse('No se puede consultar eso.');
    END IF;
    p_reason := iduo.need('reason', p_reason, 'Escribí para qué lo consultás.', 500);
    p_subject := iduo.need('subject', p_subject, 'Decí qué registro querés consultar.', 200);
    IF p_what = 'erase' THEN
        PERFORM iduo.need_nameless(p_subject, p_reason);
    END IF;
    -- the pages of one log, read for one reason, are one look
    IF p_what = 'audit' AND p_subject IN ('log', 'access') THEN
        receipt := (SELECT max(r.id) FROM iduo.receipt r WHERE r.actor = session_user AND r.at > clock_timestamp() - interval '14 minutes'
                    AND r.what = p_what AND r.subject = p_subject AND r.reason = p_reason);
    END IF;
    receipt := coalesce(receipt, iduo.leave_receipt(p_what, p_subject, p_reason));
    RETURN NEXT;
END $$;

-- So many an hour (lists that are exported are counted apart), counted under a lock on one's own row.
CREATE OR REPLACE FUNCTION iduo.leave_receipt(p_what text, p_subject text, p_reason text) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_count integer;
    v_receipt bigint;
BEGIN
    PERFORM FROM iduo.staff s WHERE s.login = session_user FOR NO KEY UPDATE;
    SELECT count(*) INTO v_count FROM iduo.receipt r WHERE r.actor = session_user AND r.at > clock_timestamp() - interval '1 hour'
        AND (r.what = 'export') = (p_what = 'export');
    IF v_count >= iduo.setting(CASE p_what WHEN 'export' THEN 'exports_per_hour' ELSE 'receipts_per_hour' END)::integer THEN
        PERFORM iduo.refuse(format('Ya hiciste %s %s en la última hora. Esperá un rato.', v_count,
                                   CASE p_what WHEN 'export' THEN 'exportaciones' ELSE 'consultas reservadas' END));
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    INSERT INTO iduo.receipt (actor, address, what, subject, reason)
    VALUES (session_user, inet_client_addr(), p_what, p_subject, p_reason) RETURNING id INTO v_receipt;
    RETURN v_receipt;
END $$;

CREATE OR REPLACE FUNCTION iduo.check_receipt(p_receipt bigint, p_what text, p_subject text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    r record;
BEGIN
    SELECT * INTO r FROM iduo.receipt x WHERE x.id = p_receipt AND x.actor = session_user AND x.what = p_what AND x.subject = p_subject
        AND x.at > clock_timestamp() - (CASE WHEN p_subject IN ('log', 'access') THEN interval '15 minutes' ELSE interval '60 s' END);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Para ver esto hay que pedirlo de nuevo.' USING ERRCODE = '42501';
    END IF;
    PERFORM iduo.need_nothing_written();
END $$;

-- A row of the log without what is reserved of a person: that is read by those who attend to him, not by administrators.
CREATE OR REPLACE FUNCTION iduo.without_reserved(p_table text, p_row jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE WHEN p_table = 'contact_section' AND (p_row ->> 'reserved' = 'true' OR EXISTS (
                    SELECT FROM iduo.form f WHERE f.id = (p_row ->> 'form_id')::integer AND f.reserved)) THEN p_row || '{"said": "(reservado)"}'
                WHEN p_table = 'contact_relation' THEN p_row || '{"other_id": "(reservado)", "what": "(reservado)", "note": "(reservado)"}'
                -- who is in the network, and a hash by which answers could be guessed
                WHEN p_table = 'attention' THEN (p_row - 'payload_hash') #- '{made,people}' #- '{made,relations}' #- '{made,sections}' ELSE p_row END
$$;

-- The subject is "table:key", for example "case:42".
CREATE FUNCTION api.audit_of(p_receipt bigint, p_table text, p_row_key text, p_before bigint DEFAULT NULL, p_limit integer DEFAULT 100)
RETURNS TABLE (id bigint, at timestamptz, actor text, operation text, before text, after text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    PERFORM iduo.check_receipt(p_receipt, 'audit', p_table || ':' || p_row_key);
    RETURN QUERY SELECT e.id, e.at, e.actor, e.operation, iduo.without_reserved(p_table, e.before)::text, iduo.without_reserved(p_table, e.after)::text
        FROM audit.entry e
        WHERE e.table_name = p_table AND e.row_key = p_row_key AND (p_before IS NULL OR e.id < p_before)
        ORDER BY e.id DESC LIMIT greatest(1, least(p_limit, 200));
END $$;
GRANT EXECUTE ON FUNCTION api.open_access, api.audit_of TO iduo_admin;
RESET ROLE;
