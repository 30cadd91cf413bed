-- Calls: who may be calling and what is pending for him, known before he speaks; and what became of the call.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.receive_call(p_caller text, p_e164 text, p_search_key text, p_ivr_option integer, p_company text, p_pbx_id text, p_key uuid)
RETURNS TABLE (id bigint, at timestamptz, caller text, e164 text, ivr_option integer, company text, callers jsonb, tickets jsonb, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('call', p_caller, p_e164, p_search_key, p_ivr_option::text, p_company, p_pbx_id);
    v_call iduo.call;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    p_pbx_id := btrim(coalesce(p_pbx_id, ''));
    PERFORM iduo.check_phone('', p_e164, p_search_key, '');
    IF length(p_pbx_id) > 120 THEN
        PERFORM iduo.refuse_field('pbx_id', 'El identificador de la llamada es demasiado largo.');
    ELSIF p_pbx_id ^@ 'chat:' THEN  -- the name of a call that a chat began
        PERFORM iduo.refuse_field('pbx_id', 'Ese identificador es de un chat.');
    ELSIF p_ivr_option NOT BETWEEN 0 AND 99 THEN
        PERFORM iduo.refuse_field('ivr_option', 'Esa opción no existe.');
    END IF;
    v_call := iduo.known_call(p_key, p_pbx_id, v_hash);
    replayed := v_call.id IS NOT NULL;
    IF NOT replayed THEN
        PERFORM set_config('synchronous_commit', 'on', true);
        -- what a line says may be anything: as much of it is kept as there is room for
        INSERT INTO iduo.call (direction, state, starts_at, by, caller, e164, search_key, ivr_option, company_keyed, pbx_id, key, payload_hash)
        VALUES ('inbound', 'held', clock_timestamp(), session_user, left(btrim(coalesce(p_caller, '')), 60), p_e164, coalesce(p_search_key, ''),
                p_ivr_option, left(btrim(coalesce(p_company, '')), 40), p_pbx_id, p_key, v_hash)
        RETURNING * INTO v_call;
    END IF;
    callers := iduo.callers(v_call.search_key, v_call.company_keyed);
    tickets := iduo.pending_tickets(callers, v_call.search_key);
    -- a call is never refused: whoever may read no more answers it without knowing who calls
    IF iduo.too_many_rows(jsonb_array_length(callers) + jsonb_array_length(tickets)) IS NOT NULL THEN
        callers := '[]';
        tickets := '[]';
    END IF;
    RETURN QUERY SELECT v_call.id, v_call.starts_at, v_call.caller, v_call.e164, v_call.ivr_option::integer, v_call.company_keyed, callers, tickets, replayed;
END $$;

-- The call that this key left, or that the PBX announced to the same person under the same name within a day.
CREATE OR REPLACE FUNCTION iduo.known_call(p_key uuid, p_pbx_id text, p_hash bytea) RETURNS iduo.call
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_call iduo.call;
BEGIN
    PERFORM FROM iduo.staff s WHERE s.login = session_user FOR NO KEY UPDATE;
    SELECT * INTO v_call FROM iduo.call c WHERE c.key = p_key;
    IF FOUND THEN
        PERFORM iduo.need_same(v_call."by", v_call.payload_hash, p_hash);
    ELSIF p_pbx_id <> '' THEN
        SELECT * INTO v_call FROM iduo.call c
        WHERE c."by" = session_user AND c.pbx_id = p_pbx_id AND c.pbx_id <> '' AND c.starts_at > clock_timestamp() - interval '1 day'
        ORDER BY c.starts_at DESC LIMIT 1;
    END IF;
    RETURN v_call;
END $$;

-- Who it may be, at most 20: first whoever belongs to the company that was keyed in, then that company, then by the number of the line.
-- A company is not said again beside a contact of its own; "whole" means that messages of the whole company are his too.
CREATE OR REPLACE FUNCTION iduo.callers(p_search_key text, p_company text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    v_callers jsonb;
BEGIN
    WITH keyed AS MATERIALIZED (
        SELECT DISTINCT ON (n.company_id) n.company_id, replace(n.why, 'número ', 'empresa marcada ') AS why, n.rank
        FROM iduo.number_matches(p_company) n ORDER BY n.company_id, n.rank
    ), people AS MATERIALIZED (
        SELECT DISTINCT f.contact_id FROM iduo.contact_phone f
        WHERE length(p_search_key) >= 6 AND f.search_key COLLATE "C" = p_search_key AND NOT f.removed LIMIT 50
    ), companies AS MATERIALIZED (
        SELECT DISTINCT f.company_id FROM iduo.company_phone f
        WHERE length(p_search_key) >= 6 AND f.search_key COLLATE "C" = p_search_key AND NOT f.removed LIMIT 50
    ), contacts AS MATERIALIZED (
        SELECT c.id, c.company_id, c.person, c.document, k.why, k.rank
        FROM people p JOIN iduo.contact c ON c.id = p.contact_id LEFT JOIN keyed k ON k.company_id = c.company_id
    ), found AS (
        SELECT 'contact' AS kind, c.id AS contact_id, c.company_id, c.person AS name, c.document, concat_ws(' y ', 'teléfono', c.why) AS why,
               CASE WHEN c.rank IS NULL THEN 3 ELSE 1 END AS place, c.rank,
               c.rank IS NOT NULL OR c.company_id IN (SELECT t.company_id FROM companies t) AS whole FROM contacts c
        UNION ALL
        SELECT 'company', NULL, k.company_id, NULL, NULL, concat_ws(' y ', k.why, CASE WHEN t.company_id IS NOT NULL THEN 'teléfono' END), 2, k.rank, true
        FROM keyed k LEFT JOIN companies t ON t.company_id = k.company_id WHERE k.company_id NOT IN (SELECT c.company_id FROM contacts c WHERE c.company_id IS NOT NULL)
        UNION ALL
        SELECT 'company', NULL, t.company_id, NULL, NULL, 'teléfono', 4, NULL, true
        FROM companies t WHERE t.company_id NOT IN (SELECT k.company_id FROM keyed k)
          AND t.company_id NOT IN (SELECT c.company_id FROM contacts c WHERE c.company_id IS NOT NULL)
    ), first AS (
        SELECT f.*, o.number, o.client, CASE WHEN o.tax_id <> '' THEN o.tax_id ELSE o.document END AS papers
        FROM found f LEFT JOIN iduo.company o ON o.id = f.company_id
        ORDER BY f.place, f.rank, o.number, f.name, f.contact_id LIMIT 20
    )
    SELECT jsonb_agg(jsonb_build_object(
        'kind', f.kind, 'contact_id', f.contact_id, 'company_id', f.company_id, 'company_number', f.number, 'name', coalesce(f.name, f.client),
        'company', CASE f.kind WHEN 'contact' THEN coalesce(f.client, '') ELSE '' END, 'document', coalesce(f.document, f.papers, ''), 'why', f.why,
        'whole', coalesce(f.whole, false))
        ORDER BY f.place, f.rank, f.number, f.name, f.contact_id)
    INTO v_callers FROM first f;
    RETURN coalesce(v_callers, '[]');
END $$;

-- What is pending for whoever may be calling, at most 20: answers to communicate first, then messages that wait; his own before his company's.
CREATE OR REPLACE FUNCTION iduo.pending_tickets(p_callers jsonb, p_search_key text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    v_tickets bigint[];
    v_whys text[];
    v_capped boolean;
BEGIN
    WITH callers AS MATERIALIZED (
        SELECT (c ->> 'contact_id')::bigint AS contact_id, (c ->> 'company_id')::bigint AS company_id, (c ->> 'whole')::boolean AS whole
        FROM jsonb_array_elements(p_callers) c
    ), states(state, turn) AS (
        VALUES ('awaiting_communication', 1), ('open', 2), ('awaiting_answer', 2)
    ), found AS (
        SELECT s.turn, t.id, 'mismo contacto' AS why, 1 AS place FROM states s, (SELECT DISTINCT c.contact_id FROM callers c) c, LATERAL (
            SELECT x.id FROM iduo.ticket x WHERE x.contact_id = c.contact_id AND x.state = s.state ORDER BY x.id DESC LIMIT 21) t
        UNION ALL
        SELECT s.turn, t.id, 'mismo teléfono', 2 FROM states s, LATERAL (
            SELECT x.id FROM iduo.ticket x WHERE length(p_search_key) >= 6 AND x.phone_key COLLATE "C" = p_search_key AND x.phone_key <> '' AND x.state = s.state
            ORDER BY x.id DESC LIMIT 21) t
        UNION ALL
        SELECT s.turn, t.id, 'misma empresa', 3 FROM states s, (SELECT DISTINCT c.company_id FROM callers c WHERE c.whole) c, LATERAL (
            SELECT x.id FROM iduo.ticket x WHERE x.company_id = c.company_id AND x.state = s.state ORDER BY x.id DESC LIMIT 21) t
    ), once AS (
        SELECT DISTINCT ON (f.id) f.* FROM found f ORDER BY f.id, f.place
    ), first AS (
        SELECT o.*, row_number() OVER w AS n, count(*) OVER () > 20 AS capped FROM once o WINDOW w AS (ORDER BY o.turn, o.place, o.id DESC)
    )
    SELECT array_agg(f.id ORDER BY f.n), array_agg(f.why ORDER BY f.n), bool_or(f.capped) INTO v_tickets, v_whys, v_capped FROM first f WHERE f.n <= 20;
    RETURN iduo.hits(v_tickets, v_whys, v_capped);
END $$;

-- Tickets as a search shows them, in the order given.
CREATE OR REPLACE FUNCTION iduo.hits(p_tickets bigint[], p_whys text[], p_capped boolean) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(to_jsonb(h) ORDER BY h.ordinality), '[]')
            FROM iduo.show_hits(p_tickets, p_whys, ARRAY(SELECT generate_subscripts(p_tickets, 1)), p_capped, 20) WITH ORDINALITY h);
END $$;

-- The newest messages of a company, whatever became of them.
CREATE OR REPLACE FUNCTION iduo.tickets_of_company(p_company bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    v_tickets bigint[];
BEGIN
    SELECT array_agg(f.id ORDER BY f.id DESC) INTO v_tickets FROM (
        SELECT t.id FROM unnest(ARRAY['open', 'awaiting_answer', 'awaiting_communication', 'communicated']) s, LATERAL (
            -- (SELECT …): a company that is known to have very many would be sought in the index of all tickets, newest first
            SELECT x.id FROM iduo.ticket x WHERE x.company_id = (SELECT p_company) AND x.state = s ORDER BY x.id DESC LIMIT 10) t
        ORDER BY t.id DESC LIMIT 10) f;
    RETURN iduo.hits(v_tickets, array_fill(''::text, ARRAY[coalesce(cardinality(v_tickets), 0)]), false);
END $$;

-- One's own call. The same outcome again changes nothing; another one would say that something else happened.
CREATE FUNCTION api.end_call(p_call bigint, p_outcome text, p_note text, p_key uuid)
RETURNS TABLE (call_id bigint, seconds integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_call iduo.call;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    IF iduo.outcome_label(p_outcome) IS NULL THEN
        PERFORM iduo.refuse_field('outcome', 'Elegí cómo terminó la llamada.');
    ELSIF length(p_note) > 2000 THEN
        PERFORM iduo.refuse_field('note', 'La nota es demasiado larga: como mucho 2000 caracteres.');
    END IF;
    SELECT * INTO v_call FROM iduo.call c WHERE c.id = p_call FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa llamada no existe.');
    ELSIF v_call."by" <> session_user THEN
        PERFORM iduo.refuse(format('Esa llamada la atendió %s.', iduo.name_of(v_call."by")));
    ELSIF v_call.state = 'planned' OR v_call.finished_at IS NOT NULL THEN
        PERFORM iduo.refuse('Esa llamada está en la agenda: se marca ahí.');
    ELSIF v_call.ended_at IS NOT NULL AND v_call.outcome NOT IN (p_outcome, 'attended') THEN  -- an attention ended it already
        PERFORM iduo.refuse(format('Esa llamada ya terminó: «%s».', iduo.outcome_label(v_call.outcome)));
    ELSIF v_call.ended_at IS NULL THEN
        PERFORM set_config('synchronous_commit', 'on', true);
        UPDATE iduo.call c SET ended_at = greatest(clock_timestamp(), c.starts_at), outcome = p_outcome, note = btrim(coalesce(p_note, ''))
        WHERE c.id = p_call RETURNING * INTO v_call;
    END IF;
    RETURN QUERY SELECT p_call, extract(epoch FROM v_call.ended_at - v_call.starts_at)::integer;
END $$;

CREATE OR REPLACE FUNCTION iduo.outcome_label(p_outcome text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE p_outcome WHEN 'message' THEN 'Dejó un mensaje' WHEN 'answer' THEN 'Se le comunicó la respuesta'
                          WHEN 'insisted' THEN 'Insistió sobre un ticket' WHEN 'assistant' THEN 'Aceptó contactar a su asistente'
                          WHEN 'informed' THEN 'Se le informó, sin mensaje' WHEN 'hung_up' THEN 'Cortó' WHEN 'silent' THEN 'No habló nadie'
                          WHEN 'wrong_number' THEN 'Número equivocado' WHEN 'test' THEN 'Prueba' WHEN 'attended' THEN 'Se registró la atención' WHEN 'handed_on' THEN 'Se pasó a otra persona' END
$$;
GRANT EXECUTE ON FUNCTION api.receive_call, api.end_call TO iduo_operator, iduo_coordinator;
RESET ROLE;
