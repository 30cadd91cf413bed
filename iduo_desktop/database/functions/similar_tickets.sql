-- Tickets that the one being taken may repeat.
SET LOCAL ROLE iduo_owner;

-- The newest tickets of a company, of a contact, of a telephone, of a document (NULL or '': not asked), with why; the nearest why first.
CREATE OR REPLACE FUNCTION iduo.tickets_of(p_company bigint, p_contact bigint, p_phone_key text, p_document text, p_most integer)
RETURNS TABLE (ticket_id bigint, why text)
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH states AS (
            SELECT s FROM unnest(ARRAY['awaiting_communication', 'open', 'awaiting_answer', 'communicated']) s
        ), found AS (
            SELECT f.id, 'mismo contacto' AS why, 1 AS place FROM states, LATERAL (
                SELECT t.id FROM iduo.ticket t WHERE t.contact_id = p_contact AND t.state = s ORDER BY t.id DESC LIMIT p_most) f
            UNION ALL SELECT f.id, 'mismo documento', 2 FROM states, LATERAL (
                SELECT t.id FROM iduo.ticket t WHERE p_document <> '' AND t.document <> '' AND t.document COLLATE "C" = p_document AND t.state = s
                ORDER BY t.id DESC LIMIT p_most) f
            UNION ALL SELECT f.id, 'mismo teléfono', 3 FROM states, LATERAL (
                SELECT t.id FROM iduo.ticket t WHERE p_phone_key <> '' AND t.phone_key <> '' AND t.phone_key COLLATE "C" = p_phone_key AND t.state = s
                ORDER BY t.id DESC LIMIT p_most) f
            UNION ALL SELECT f.id, 'misma empresa', 4 FROM states, LATERAL (
                SELECT t.id FROM iduo.ticket t WHERE t.company_id = p_company AND t.state = s ORDER BY t.id DESC LIMIT p_most) f
        )
        SELECT DISTINCT ON (f.id) f.id, f.why FROM found f ORDER BY f.id, f.place;
END $$;

-- Of the last 30 days, of the same company or person: the likest text first.
CREATE FUNCTION api.similar_tickets(p_company bigint, p_contact bigint, p_document text, p_phone_key text, p_text text)
RETURNS TABLE (ticket_id bigint, number bigint, "check" text, state text, topic text, text text, at timestamptz, why text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_text text;
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_text := iduo.fold(left(coalesce(p_text, ''), 4000));
    p_document := upper(regexp_replace(coalesce(p_document, ''), '[^0-9A-Za-z]', '', 'g'));
    RETURN QUERY
        SELECT t.id, t.number, iduo.check_digit(t.number), t.state, t.topic, t.text, t.at,
               CASE WHEN a.alike >= 0.3 THEN 'texto parecido, ' ELSE '' END || f.why
        FROM iduo.tickets_of(p_company, p_contact, p_phone_key, p_document, 50) f
        JOIN iduo.ticket t ON t.id = f.ticket_id AND t.at > clock_timestamp() - interval '30 days',
            LATERAL (SELECT CASE WHEN v_text = '' THEN 0 ELSE iduo.similarity(v_text, iduo.fold(t.text)) END AS alike) a
        ORDER BY round(a.alike::numeric, 1) DESC, t.id DESC LIMIT 5;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

GRANT EXECUTE ON FUNCTION api.similar_tickets TO iduo_operator, iduo_coordinator;
RESET ROLE;
