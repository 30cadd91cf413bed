-- Taking a message: what is missing is said field by field, what was taken at the time stays with the ticket.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.create_ticket(p_channel text, p_caller_kind text, p_text text, p_topic integer, p_ivr_option integer, p_call bigint,
                                  p_company bigint, p_contact bigint, p_surname text, p_names text, p_document text, p_phone text,
                                  p_phone_e164 text, p_phone_key text, p_email text, p_insisted text, p_provisional text,
                                  p_form_version integer, p_values jsonb, p_key uuid)
RETURNS TABLE (ticket_id bigint, number bigint, "check" text, at timestamptz, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('create', p_channel, p_caller_kind, p_text, p_topic::text, p_ivr_option::text, p_call::text, p_company::text,
        p_contact::text, p_surname, p_names, p_document, p_phone, p_phone_e164, p_phone_key, p_email, p_insisted, p_provisional,
        p_form_version::text, p_values::text);
    t iduo.ticket;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    t := iduo.ticket_of_key(p_key, v_hash);
    replayed := t.id IS NOT NULL;
    IF NOT replayed THEN
        t.channel := p_channel;
        t.caller_kind := p_caller_kind;
        t.ivr_option := p_ivr_option;
        t.text := iduo.need('text', p_text, 'Escribí el mensaje.', 4000);
        t.call_id := p_call;
        t.surname := iduo.one_line('surname', p_surname, 120);
        t.names := iduo.one_line('names', p_names, 120);
        t.document := iduo.document_of(p_document);
        t.phone := iduo.one_line('phone', p_phone, 60);
        t.phone_e164 := p_phone_e164;
        t.phone_key := coalesce(p_phone_key, '');
        t.email := lower(iduo.one_line('email', p_email, 254));
        t.insisted_reason := iduo.one_line('text', p_insisted, 500);
        t.provisional := upper(coalesce(p_provisional, ''));
        t.topic_id := p_topic;
        t.company_id := p_company;
        t.contact_id := p_contact;
        t.form_version_id := p_form_version;
        t.values := coalesce(p_values, '{}');
        t := iduo.complete_ticket(t);
        PERFORM set_config('synchronous_commit', 'on', true);
        INSERT INTO iduo.ticket (kind, channel, ivr_option, caller_kind, topic_id, topic, call_id, company_id, company_number, company, contact_id,
                                 surname, names, document, phone, phone_e164, phone_key, email, text, insisted_reason, provisional,
                                 form_version_id, values, created_by, key, payload_hash)
        VALUES (t.kind, t.channel, t.ivr_option, t.caller_kind, t.topic_id, t.topic, t.call_id, t.company_id, t.company_number, t.company, t.contact_id,
                t.surname, t.names, t.document, t.phone, t.phone_e164, t.phone_key, t.email, t.text, t.insisted_reason, t.provisional,
                t.form_version_id, t.values, session_user, p_key, v_hash)
        ON CONFLICT (key) DO NOTHING RETURNING ticket.id, ticket.number, ticket.at INTO t.id, t.number, t.at;
        IF FOUND THEN
            PERFORM iduo.add_ticket_event(t.id, 'created', t.insisted_reason, 1, NULL, NULL);
            IF p_call IS NOT NULL THEN
                INSERT INTO iduo.call_ticket (call_id, ticket_id, how) VALUES (p_call, t.id, 'created');
            END IF;
        ELSE
            -- the other try was quicker, and has committed by now
            t := iduo.ticket_of_key(p_key, v_hash);
            replayed := true;
        END IF;
    END IF;
    RETURN QUERY SELECT t.id, t.number, iduo.check_digit(t.number), t.at, replayed;
END $$;

-- The ticket that this key made before, or nothing.
CREATE OR REPLACE FUNCTION iduo.ticket_of_key(p_key uuid, p_hash bytea) RETURNS iduo.ticket
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    t iduo.ticket;
BEGIN
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    SELECT * INTO t FROM iduo.ticket x WHERE x.key = p_key;
    IF FOUND AND (t.created_by <> session_user OR t.payload_hash IS DISTINCT FROM p_hash) THEN
        RAISE EXCEPTION 'Ese pedido ya se hizo con otros datos.' USING ERRCODE = '23505';
    END IF;
    RETURN t;
END $$;

-- Refuses what does not fit; fills in how topic, company and contact are called now.
CREATE OR REPLACE FUNCTION iduo.complete_ticket(t iduo.ticket) RETURNS iduo.ticket
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF t.channel IS NULL OR t.channel NOT IN ('phone', 'chat', 'outbound') THEN
        PERFORM iduo.refuse_field('channel', 'Elegí por dónde llegó.');
    ELSIF t.caller_kind IS NULL OR t.caller_kind NOT IN ('client', 'prospect', 'other') THEN
        PERFORM iduo.refuse_field('caller_kind', 'Elegí quién llama.');
    ELSIF t.email <> '' AND t.email !~ '^[^@\s]+@[^@\s]+\.[^@\s.]+$' THEN
        PERFORM iduo.refuse_field('email', 'Ese mail no está completo.');
    ELSIF t.phone <> '' AND t.phone !~ '\d' OR t.phone_key !~ '^\d{0,20}$' OR t.phone_e164 !~ '^\+\d{6,18}$' THEN
        PERFORM iduo.refuse_field('phone', 'Ese teléfono no tiene números.');
    ELSIF t.ivr_option NOT BETWEEN 0 AND 99 OR t.provisional !~ '^(P-[0-9A-Z]{4}-[0-9A-Z]{4})?$' THEN
        PERFORM iduo.refuse('La opción o el código provisorio no se entienden.');
    ELSIF t.call_id IS NOT NULL AND NOT EXISTS (SELECT FROM iduo.call c WHERE c.id = t.call_id AND c.by = session_user) THEN
        PERFORM iduo.refuse('Esa llamada no es tuya.');
    END IF;
    t.kind := 'question';
    t.topic := '';
    t.company := '';
    IF t.topic_id IS NOT NULL THEN
        -- one that was retired while the form was open still serves
        SELECT p.label, p.kind INTO t.topic, t.kind FROM iduo.topic p WHERE p.id = t.topic_id;
        IF NOT FOUND THEN
            PERFORM iduo.refuse_field('topic', 'Elegí el tema de la lista.');
        END IF;
    END IF;
    IF t.company_id IS NOT NULL THEN
        SELECT o.number, o.client INTO t.company_number, t.company FROM iduo.company o WHERE o.id = t.company_id;
        IF NOT FOUND THEN
            PERFORM iduo.refuse_field('company', 'Esa empresa no existe.');
        END IF;
    END IF;
    t := iduo.with_contact(t);
    IF t.phone = '' AND t.email = '' THEN
        PERFORM iduo.refuse_field('phone', 'Pedile un teléfono o un mail para responderle.');
    END IF;
    IF t.form_version_id IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id
                       WHERE v.id = t.form_version_id AND v.state <> 'draft' AND f.kind = 'ticket') THEN
            PERFORM iduo.refuse('Los datos adicionales cambiaron: abrí el mensaje de nuevo.');
        END IF;
        t.values := iduo.check_form(t.form_version_id, t.values, NULL);
    ELSIF t.values <> '{}' THEN
        PERFORM iduo.refuse('Los datos adicionales cambiaron: abrí el mensaje de nuevo.');
    END IF;
    RETURN t;
END $$;

-- What was not said is taken from the contact: his name, his document, and a telephone or mail if none was given.
CREATE OR REPLACE FUNCTION iduo.with_contact(t iduo.ticket) RETURNS iduo.ticket
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    c iduo.contact;
BEGIN
    IF t.contact_id IS NULL THEN
        RETURN t;
    END IF;
    SELECT * INTO c FROM iduo.contact x WHERE x.id = t.contact_id;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa persona ya no está: buscala de nuevo.');
    END IF;
    IF t.surname = '' AND t.names = '' THEN
        t.surname := c.surname;
        t.names := c.names;
    END IF;
    t.document := coalesce(nullif(t.document, ''), c.document);
    IF t.phone = '' AND t.email = '' THEN
        SELECT p.typed, p.e164, p.search_key INTO t.phone, t.phone_e164, t.phone_key FROM iduo.contact_phone p
        WHERE p.contact_id = c.id AND NOT p.removed ORDER BY p.valid DESC, p.id LIMIT 1;
        t.email := coalesce((SELECT lower(e.address) FROM iduo.contact_email e WHERE e.contact_id = c.id AND NOT e.removed
                             ORDER BY e.valid DESC, e.id LIMIT 1), '');
        t.phone := coalesce(t.phone, '');
        t.phone_key := coalesce(t.phone_key, '');
    END IF;
    RETURN t;
END $$;

CREATE OR REPLACE FUNCTION iduo.one_line(p_field text, p_value text, p_limit integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$
BEGIN
    p_value := btrim(regexp_replace(coalesce(p_value, ''), '[\s\x01-\x1f\x7f]+', ' ', 'g'));
    IF length(p_value) > p_limit THEN
        RAISE EXCEPTION 'El texto es demasiado largo: como mucho % caracteres.', p_limit USING ERRCODE = 'IU002', DETAIL = p_field;
    END IF;
    RETURN p_value;
END $$;

-- A document without points and blanks: digits, with the letters of a foreign one.
CREATE OR REPLACE FUNCTION iduo.document_of(p_typed text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$
DECLARE
    v_document text := upper(regexp_replace(coalesce(p_typed, ''), '[^0-9A-Za-z]', '', 'g'));
BEGIN
    IF length(v_document) > 20 OR v_document !~ '\d' AND btrim(coalesce(p_typed, '')) <> '' THEN
        RAISE EXCEPTION 'Escribí el número de documento.' USING ERRCODE = 'IU002', DETAIL = 'document';
    END IF;
    RETURN regexp_replace(v_document, '^(DNI|CUIT|CUIL|LC|LE|CI)(?=\d)', '');
END $$;

GRANT EXECUTE ON FUNCTION api.create_ticket TO iduo_operator, iduo_coordinator;
RESET ROLE;
