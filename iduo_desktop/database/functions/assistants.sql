-- Companies as the message desk needs them, and the reserved data of their assistants: a receipt first, then the read.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.companies_by_number(p_text text)
RETURNS TABLE (company_id bigint, number bigint, management_unit text, name text, tax_id text, locality text, service_status text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY
        SELECT c.id, c.number, c.management_unit, c.client, CASE WHEN c.tax_id <> '' THEN c.tax_id ELSE c.document END, c.locality, c.service_status
        FROM (SELECT DISTINCT ON (n.company_id) n.company_id, n.rank FROM iduo.number_matches(p_text) n ORDER BY n.company_id, n.rank) m
        JOIN iduo.company c ON c.id = m.company_id
        ORDER BY m.rank, c.number LIMIT 50;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

CREATE FUNCTION api.desk_company(p_company bigint)
RETURNS TABLE (company_id bigint, number bigint, management_unit text, kind text, name text, tax_id text, plan text, service_status text,
               cutoff_date date, note text, offer boolean, offer_why text, assistants jsonb, tickets jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_assistants jsonb;
    v_tickets jsonb;
    v_offer record;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    v_tickets := iduo.tickets_of_company(p_company);
    v_assistants := iduo.assistants_of(p_company);
    SELECT * INTO v_offer FROM iduo.offer_of(p_company, v_assistants <> '[]');
    RETURN QUERY
        SELECT c.id, c.number, c.management_unit, c.kind, c.client, CASE WHEN c.tax_id <> '' THEN c.tax_id ELSE c.document END, c.plan, c.service_status,
               greatest(c.cutoff_date, c.extended_until), c.note, v_offer.offer, v_offer.why, v_assistants, v_tickets
        FROM iduo.company c WHERE c.id = p_company;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa empresa no existe.');
    END IF;
    PERFORM iduo.count_rows_read(1 + jsonb_array_length(v_tickets));
END $$;

-- Who is what for a company; names only.
CREATE OR REPLACE FUNCTION iduo.assistants_of(p_company bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('assistant_id', a.id, 'role', r.key, 'role_label', r.label, 'name', a.name)
                              ORDER BY r.position, r.label), '[]')
    FROM iduo.company_assistant x JOIN iduo.assistant_role r ON r.key = x.role AND r.active JOIN iduo.assistant a ON a.id = x.assistant_id
    WHERE x.company_id = p_company
$$;

-- Whether a company's assistants are to be offered first, and why: by the policy, or because an earlier message has no answer yet.
CREATE OR REPLACE FUNCTION iduo.offer_of(p_company bigint, p_has_assistants boolean) RETURNS TABLE (offer boolean, why text)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_number bigint := iduo.unanswered(p_company);
BEGIN
    offer := p_has_assistants AND (iduo.setting('disclosure_policy') = 'refer_first' OR v_number IS NOT NULL);
    why := CASE WHEN NOT p_has_assistants THEN 'No tiene asistentes cargados.'
                WHEN v_number IS NOT NULL THEN format('Segundo contacto: el ticket %s sigue sin respuesta.', iduo.spoken_number(v_number, iduo.check_digit(v_number)))
                WHEN offer THEN 'Primero ofrecé los datos de sus asistentes.'
                ELSE 'No los ofrezcas en la primera llamada; mostralos solo si te los piden.' END;
    RETURN NEXT;
END $$;

-- The oldest message of a company that has no answer; one that was taken in a call that still goes on is no second contact.
CREATE OR REPLACE FUNCTION iduo.unanswered(p_company bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT min(f.number) FROM unnest(ARRAY['open', 'awaiting_answer']) s, LATERAL (
        SELECT t.number FROM iduo.ticket t
        WHERE t.company_id = (SELECT p_company) AND t.state = s AND NOT EXISTS (
            SELECT FROM iduo.call c WHERE c.id = t.call_id AND c.ended_at IS NULL AND c."by" = session_user
              AND c.starts_at > clock_timestamp() - interval '4 hours')
        ORDER BY t.id LIMIT 1) f
$$;

-- A receipt, committed before anything is read; limits hold in parallel by a lock on one's own row.
CREATE FUNCTION api.open_disclosure(p_company bigint, p_reason text, p_to text, p_ticket bigint, p_call bigint, p_key uuid)
RETURNS TABLE (receipt bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('disclosure', p_company::text, p_reason, p_to, p_ticket::text, p_call::text);
    v_stored iduo.disclosure;
    v_given bigint[];
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    p_to := iduo.need('to', p_to, '¿A quién le das los datos?', 200);
    PERFORM FROM iduo.staff s WHERE s.login = session_user FOR NO KEY UPDATE;
    SELECT * INTO v_stored FROM iduo.disclosure d WHERE d.key = p_key;
    IF FOUND THEN
        PERFORM iduo.need_same(v_stored."by", v_stored.payload_hash, v_hash);
        receipt := v_stored.receipt_id;
        IF EXISTS (SELECT FROM iduo.receipt r WHERE r.id = receipt AND r.at > clock_timestamp() - interval '45 s') THEN
            RETURN NEXT;
            RETURN;
        END IF;
    END IF;
    PERFORM iduo.check_disclosure(p_company, p_reason, p_ticket, p_call);
    v_given := ARRAY(SELECT (a ->> 'assistant_id')::bigint FROM jsonb_array_elements(iduo.assistants_of(p_company)) a);
    IF cardinality(v_given) = 0 THEN
        PERFORM iduo.refuse('Esta empresa no tiene asistentes cargados.');
    END IF;
    receipt := iduo.leave_receipt('assistants', p_company::text, iduo.disclosure_label(p_reason) || ': ' || p_to);
    IF v_stored.id IS NOT NULL THEN
        -- asked again after the first receipt grew old
        UPDATE iduo.disclosure d SET receipt_id = receipt, assistants = v_given WHERE d.id = v_stored.id;
    ELSE
        INSERT INTO iduo.disclosure (receipt_id, company_id, reason, told_to, ticket_id, call_id, assistants, by, key, payload_hash)
        VALUES (receipt, p_company, p_reason, p_to, p_ticket, p_call, v_given, session_user, p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION iduo.check_disclosure(p_company bigint, p_reason text, p_ticket bigint, p_call bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF iduo.disclosure_label(p_reason) IS NULL THEN
        PERFORM iduo.refuse_field('reason', 'Elegí por qué se los das.');
    ELSIF p_reason = 'offered' AND NOT (SELECT o.offer FROM iduo.offer_of(p_company, true) o) THEN
        PERFORM iduo.refuse_field('reason', 'En la primera llamada no se ofrecen: elegí otro motivo.');
    ELSIF NOT EXISTS (SELECT FROM iduo.company c WHERE c.id = p_company) THEN
        PERFORM iduo.refuse_field('company', 'Esa empresa no existe.');
    ELSIF p_ticket IS NOT NULL AND NOT EXISTS (SELECT FROM iduo.ticket t WHERE t.id = p_ticket) THEN
        PERFORM iduo.refuse('Ese ticket no existe.');
    ELSIF p_call IS NOT NULL AND NOT EXISTS (SELECT FROM iduo.call c WHERE c.id = p_call AND c."by" = session_user) THEN
        PERFORM iduo.refuse('Esa llamada no es tuya.');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION iduo.disclosure_label(p_reason text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE p_reason WHEN 'asked' THEN 'Los pidió' WHEN 'second_contact' THEN 'Segundo contacto sin respuesta'
                         WHEN 'upset' THEN 'Está nervioso' WHEN 'offered' THEN 'Se ofrecen primero' END
$$;

CREATE FUNCTION api.assistants(p_receipt bigint)
RETURNS TABLE (assistant_id bigint, role_label text, name text, whatsapp text, e164 text, email text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_given iduo.disclosure;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT * INTO v_given FROM iduo.disclosure d WHERE d.receipt_id = p_receipt AND d."by" = session_user;
    PERFORM iduo.check_receipt(p_receipt, 'assistants', v_given.company_id::text);
    RETURN QUERY
        SELECT a.id, r.label, a.name, a.whatsapp, a.e164, a.email
        FROM iduo.company_assistant x JOIN iduo.assistant_role r ON r.key = x.role AND r.active JOIN iduo.assistant a ON a.id = x.assistant_id
        WHERE x.company_id = v_given.company_id AND a.id = ANY (v_given.assistants) ORDER BY r.position, r.label;
END $$;
GRANT EXECUTE ON FUNCTION api.companies_by_number, api.desk_company TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.open_disclosure, api.assistants TO iduo_operator, iduo_coordinator;
RESET ROLE;
