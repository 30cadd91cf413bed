-- What is written to clients and what they answer: all or nothing into the history, the counts, the work order and the outbox.
SET LOCAL ROLE iduo_owner;

-- How each written channel goes out: by the gateway that was heard in the last week, else by the programs of this PC.
CREATE FUNCTION api.message_ways()
RETURNS TABLE (channel text, by text, healthy boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT c, CASE WHEN iduo.has_gateway(c) THEN 'gateway' ELSE 'pc' END,
            NOT iduo.has_gateway(c) OR EXISTS (SELECT FROM iduo.heartbeat h WHERE h.service = 'gateway' AND h.beat_at > clock_timestamp() - interval '60 s')
        FROM unnest(ARRAY['email', 'sms', 'whatsapp']) c;
END $$;

CREATE OR REPLACE FUNCTION iduo.has_gateway(p_channel text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT EXISTS (SELECT FROM iduo.heartbeat h WHERE h.service = 'gateway' AND p_channel = ANY (h.channels) AND h.beat_at > clock_timestamp() - interval '7 days')
$$;

-- Where a message of this case goes, and whether it was typed by hand. Never where somebody said that it is not safe.
CREATE OR REPLACE FUNCTION iduo.way_to_write(p_case iduo.case, p_channel text, p_typed text, OUT address text, OUT key text, OUT by_hand boolean)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_safe boolean;
BEGIN
    -- a domain has one spelling: what mail servers read as the same would be another address here, that nobody listed or called unsafe
    address := normalize(btrim(left(coalesce(p_typed, ''), 1000)), NFKC);
    key := iduo.address_key(address);
    IF p_channel = 'email' THEN
        IF length(address) > 254 OR address !~ '^[^@\s<>,;:"()\\]+@[^@\s<>,;:"()\\]+\.[^@\s.<>,;:"()\\]+$'
            OR lower(split_part(address, '@', 2)) ~ '[^a-z0-9._\u00e0-\u00f6\u00f8-\u00ff-]|\mxn--' THEN
            PERFORM iduo.refuse_field('address', 'Esa dirección de mail no está bien escrita.');
        END IF;
        SELECT count(*) = 0, bool_and(x.safe IS NOT FALSE) INTO by_hand, v_safe FROM (
            SELECT NULL::boolean AS safe FROM iduo.company_email e WHERE e.company_id = p_case.company_id AND NOT e.removed AND lower(e.address) = key
            UNION ALL SELECT e.safe FROM iduo.contact_email e WHERE e.contact_id = p_case.contact_id AND NOT e.removed AND lower(e.address) = key) x;
    ELSE
        IF address !~ '^[+0-9 ()./-]{6,30}$' OR length(key) < 10 THEN
            PERFORM iduo.refuse_field('address', 'Ese número no está completo: escribilo con su código de área.');
        END IF;
        address := CASE WHEN address ^@ '+' AND address !~ '^\+\s*54' THEN '+' || regexp_replace(address, '\D', '', 'g') ELSE '+549' || key END;
        SELECT count(*) = 0, bool_and(x.safe IS NOT FALSE), coalesce(max(x.e164), address) INTO by_hand, v_safe, address FROM (
            SELECT f.e164, NULL::boolean AS safe FROM iduo.company_phone f WHERE f.company_id = p_case.company_id AND NOT f.removed AND f.search_key = key
            UNION ALL SELECT f.e164, f.safe FROM iduo.contact_phone f WHERE f.contact_id = p_case.contact_id AND NOT f.removed AND f.search_key = key) x;
    END IF;
    IF NOT v_safe THEN
        PERFORM iduo.refuse_field('address', 'Ahí no es seguro escribirle: elegí otra dirección o número.');
    END IF;
END $$;

-- A person is written to when it is safe, or with a reason.
CREATE OR REPLACE FUNCTION iduo.need_safe_to_write(p_contact bigint, p_reason text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_when text := (SELECT n.safe_when FROM iduo.contact n WHERE n.id = p_contact);
BEGIN
    IF iduo.blank(p_reason) AND NOT iduo.safe_at(v_when, clock_timestamp()) THEN
        PERFORM iduo.refuse_field('override_reason', format('Solo se le puede escribir «%s». Esperá, o escribí por qué va igual.', v_when));
    END IF;
END $$;

-- The conversation with a client or a person, begun where there is none.
CREATE OR REPLACE FUNCTION iduo.conversation_with(p_company bigint, p_contact bigint, p_case bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_id bigint;
BEGIN
    IF p_company IS NOT NULL THEN
        INSERT INTO iduo.conversation AS v (company_id, case_id) VALUES (p_company, p_case) ON CONFLICT (company_id) WHERE company_id IS NOT NULL
            DO UPDATE SET last_at = clock_timestamp(), case_id = coalesce(excluded.case_id, v.case_id) RETURNING v.id INTO v_id;
    ELSE
        INSERT INTO iduo.conversation AS v (contact_id, case_id) VALUES (p_contact, p_case) ON CONFLICT (contact_id) WHERE contact_id IS NOT NULL
            DO UPDATE SET last_at = clock_timestamp(), case_id = coalesce(excluded.case_id, v.case_id) RETURNING v.id INTO v_id;
    END IF;
    RETURN v_id;
END $$;

-- What is written, checked: nothing in braces leaves. The subject is one line, so that no header comes with it.
CREATE OR REPLACE FUNCTION iduo.check_message(p_channel text, p_purpose text, INOUT p_subject text, INOUT p_text text)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_left text;
BEGIN
    IF p_channel IS NULL OR p_channel NOT IN ('email', 'sms') THEN
        PERFORM iduo.refuse_field('channel', 'Elegí el medio: mail o mensaje de texto.');
    ELSIF coalesce(p_purpose, '') NOT IN ('', 'collection', 'service', 'promotion') THEN
        PERFORM iduo.refuse_field('purpose', 'Elegí para qué es.');
    ELSIF NOT iduo.has_gateway(p_channel) THEN
        PERFORM iduo.refuse('Acá no hay una pasarela para ese medio: escribile con el programa de esta PC.');
    END IF;
    p_subject := CASE p_channel WHEN 'email' THEN iduo.one_line('subject', iduo.need('subject', p_subject, 'Escribí el asunto.', 200), 200) ELSE '' END;
    p_text := iduo.need('text', regexp_replace(p_text, '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]', '', 'g'), 'Escribí el mensaje.', CASE p_channel WHEN 'sms' THEN 1000 ELSE 10000 END);
    v_left := coalesce((regexp_match(p_subject, '\{[^{}]*\}'))[1], (regexp_match(p_text, '\{[^{}]*\}'))[1]);
    IF v_left IS NOT NULL THEN
        PERFORM iduo.refuse_field(CASE WHEN strpos(p_subject, v_left) > 0 THEN 'subject' ELSE 'text' END,
                                  format('Falta completar %s.', left(v_left, 60)));
    END IF;
END $$;

-- Into the history, the counts and the outbox, where it rests a moment. The identifier of a mail cannot be guessed: who answers has read it.
CREATE OR REPLACE FUNCTION iduo.put_out(p_case iduo.case, m iduo.message, p_reason text, p_counted boolean, p_detail text,
                                        OUT message_id bigint, OUT conversation_id bigint, OUT event bigint)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_domain text := iduo.setting('mail_domain');
BEGIN
    conversation_id := iduo.conversation_with(p_case.company_id, p_case.contact_id, p_case.id);
    event := iduo.add_event(p_case, 'attempt', p_detail, '', m.key, m.payload_hash);
    INSERT INTO iduo.message (conversation_id, case_id, event_id, direction, channel, purpose, address, address_key, by_hand, subject, text, state,
                              message_ref, reply_to_ref, template_id, resend_of, by, key, payload_hash)
    VALUES (conversation_id, p_case.id, event, 'outbound', m.channel, m.purpose, m.address, m.address_key, m.by_hand, m.subject, m.text, 'waiting',
            m.key::text || '@' || CASE WHEN v_domain ~ '^[A-Za-z0-9][A-Za-z0-9.-]*$' THEN v_domain ELSE 'iduo.local' END,
            coalesce((SELECT r.message_ref FROM iduo.message r WHERE r.conversation_id = put_out.conversation_id AND r.direction = 'inbound'
                      AND r.channel = 'email' AND m.channel = 'email' AND r.address_key = m.address_key ORDER BY r.id DESC LIMIT 1), ''),
            m.template_id, m.resend_of, session_user, m.key, m.payload_hash)
    RETURNING id INTO message_id;
    INSERT INTO iduo.attempt (event_id, case_id, company_id, channel, direction, address, override_reason, by, counted, search_key, purpose, message_id)
    VALUES (event, p_case.id, p_case.company_id, m.channel, 'outbound', m.address, p_reason, session_user, p_counted, m.address_key, m.purpose, message_id);
    INSERT INTO iduo.outbox (message_id, channel, next_try_at)
    VALUES (message_id, m.channel, clock_timestamp() + make_interval(secs => iduo.setting('message_delay_seconds')::integer));
    PERFORM iduo.count_contact(p_case.id, m.channel, p_counted);
END $$;

CREATE FUNCTION api.send_message(p_case bigint, p_channel text, p_address text, p_subject text, p_text text, p_template integer, p_purpose text,
                                 p_override_reason text, p_key uuid)
RETURNS TABLE (message_id bigint, conversation_id bigint, event bigint, level integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('message', p_case::text, p_channel, p_address, p_subject, p_text, p_template::text, p_purpose, p_override_reason);
    v_case iduo.case;
    m iduo.message;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    -- two operators with two cases of one client are counted one after the other
    PERFORM iduo.lock_client_of(p_case);
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    replayed := event IS NOT NULL;
    IF replayed THEN
        SELECT x.id, x.conversation_id INTO message_id, conversation_id FROM iduo.message x WHERE x.event_id = event;
    ELSE
        PERFORM iduo.need_own(v_case, true);
        SELECT c.p_subject, c.p_text INTO m.subject, m.text FROM iduo.check_message(p_channel, p_purpose, p_subject, p_text) c;
        SELECT w.address, w.key, w.by_hand INTO m.address, m.address_key, m.by_hand FROM iduo.way_to_write(v_case, p_channel, p_address) w;
        SELECT t.id, t.purpose INTO m.template_id, m.purpose FROM iduo.template t WHERE t.id = p_template;
        m.channel := p_channel;
        m.purpose := coalesce(nullif(p_purpose, ''), nullif(m.purpose, ''), iduo.setting('contact_purpose'));
        m.key := p_key;
        m.payload_hash := v_hash;
        IF length(p_override_reason) > 500 THEN
            PERFORM iduo.refuse_field('override_reason', 'El texto es demasiado largo: como mucho 500 caracteres.');
        END IF;
        PERFORM iduo.need_safe_to_write(v_case.contact_id, p_override_reason);
        SELECT o.message_id, o.conversation_id, o.event INTO message_id, conversation_id, event
        FROM iduo.put_out(v_case, m, iduo.need_allowed(v_case.company_id, v_case.contact_id, m.address, p_channel, m.purpose, p_override_reason),
                          true, concat_ws(': ', 'Mensaje enviado', nullif(m.subject, ''))) o;
    END IF;
    level := coalesce((SELECT p.level FROM iduo.pressure_of(v_case.company_id, v_case.contact_id) p), 0);
    RETURN NEXT;
END $$;

-- What failed, or may not have gone out: a person decides. For a day it is the contact that was counted already, with its reason, unless that
-- was undone; later it is a new one. Who sends it again in spite of all says why.
CREATE FUNCTION api.resend_message(p_message bigint, p_key uuid, p_override_reason text DEFAULT '')
RETURNS TABLE (message_id bigint, conversation_id bigint, event bigint, level integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('resend', p_message::text, nullif(p_override_reason, ''));
    v_case iduo.case;
    v_reason text;
    v_counted boolean;
    m iduo.message;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT * INTO m FROM iduo.message x WHERE x.id = p_message AND x.direction = 'outbound';
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese mensaje no existe.');
    END IF;
    PERFORM iduo.lock_client_of(m.case_id);
    v_case := iduo.lock_case(m.case_id);
    event := iduo.replayed(p_key, v_hash);
    replayed := event IS NOT NULL;
    IF replayed THEN
        SELECT x.id, x.conversation_id INTO message_id, conversation_id FROM iduo.message x WHERE x.event_id = event;
    ELSE
        PERFORM iduo.need_own(v_case, true);
        SELECT * INTO m FROM iduo.message x WHERE x.id = p_message FOR UPDATE;
        IF m.state NOT IN ('failed', 'doubtful') THEN
            PERFORM iduo.refuse('Solo se reenvía lo que no se pudo enviar, o lo que no sabemos si salió.');
        ELSIF EXISTS (SELECT FROM iduo.message x WHERE x.resend_of = p_message AND x.state <> 'cancelled') THEN
            PERFORM iduo.refuse('Ese mensaje ya se reenvió.');
        ELSIF NOT iduo.has_gateway(m.channel) THEN
            PERFORM iduo.refuse('Acá no hay una pasarela para ese medio: escribile con el programa de esta PC.');
        END IF;
        PERFORM iduo.way_to_write(v_case, m.channel, m.address);
        SELECT a.override_reason, a.undone_at IS NULL INTO v_reason, v_counted FROM iduo.attempt a
        WHERE a.message_id = p_message AND a.at > clock_timestamp() - interval '1 day';
        IF length(p_override_reason) > 500 THEN
            PERFORM iduo.refuse_field('override_reason', 'El texto es demasiado largo: como mucho 500 caracteres.');
        ELSIF NOT iduo.blank(p_override_reason) THEN
            v_reason := p_override_reason;
        END IF;
        PERFORM iduo.need_safe_to_write(v_case.contact_id, v_reason);
        v_reason := iduo.need_allowed(v_case.company_id, v_case.contact_id, m.address, m.channel, m.purpose, v_reason);
        m.resend_of := p_message;
        m.key := p_key;
        m.payload_hash := v_hash;
        SELECT o.message_id, o.conversation_id, o.event INTO message_id, conversation_id, event
        FROM iduo.put_out(v_case, m, v_reason, v_counted IS NOT TRUE, concat_ws(': ', 'Mensaje reenviado', nullif(m.subject, ''))) o;
    END IF;
    level := coalesce((SELECT p.level FROM iduo.pressure_of(v_case.company_id, v_case.contact_id) p), 0);
    RETURN NEXT;
END $$;

-- A message that is being undone with its contact: only what the gateway has not taken, or could not send.
CREATE OR REPLACE FUNCTION iduo.undo_message(p_event bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_message bigint := (SELECT m.id FROM iduo.message m WHERE m.event_id = p_event AND m.direction = 'outbound');
BEGIN
    IF v_message IS NOT NULL THEN
        DELETE FROM iduo.outbox o WHERE o.message_id = v_message AND o.taken_at IS NULL;
        IF FOUND THEN
            UPDATE iduo.message m SET state = 'cancelled', settled_at = clock_timestamp() WHERE m.id = v_message;
        ELSIF NOT EXISTS (SELECT FROM iduo.message m WHERE m.id = v_message AND m.state = 'failed') THEN
            PERFORM iduo.refuse('Ya salió.');
        END IF;
    END IF;
END $$;

-- Whose conversation a case's is: the client's, or the person's where there is none.
CREATE OR REPLACE FUNCTION iduo.conversation_of(p_case bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE WHEN c.company_id IS NOT NULL THEN (SELECT v.id FROM iduo.conversation v WHERE v.company_id = c.company_id)
                ELSE (SELECT v.id FROM iduo.conversation v WHERE v.contact_id = c.contact_id) END
    FROM iduo.case c WHERE c.id = p_case
$$;

CREATE FUNCTION api.conversations(p_cases bigint[])
RETURNS TABLE (id bigint, case_id bigint, unread integer, last_at timestamptz, last_text text, last_direction text, last_state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY
        SELECT v.id, c.id, (SELECT count(*)::integer FROM iduo.message u WHERE u.conversation_id = v.id AND u.direction = 'inbound' AND u.read_at IS NULL),
               l.at, l.text, l.direction, l.state
        FROM (SELECT DISTINCT x FROM unnest(p_cases) x LIMIT 500) AS c(id), LATERAL iduo.conversation_of(c.id) AS v(id),
             LATERAL (SELECT m.at, left(concat_ws(': ', nullif(m.subject, ''), m.text), 200) AS text, m.direction, m.state FROM iduo.message m
                      WHERE m.conversation_id = v.id AND m.state <> 'cancelled' ORDER BY m.id DESC LIMIT 1) l
        ORDER BY c.id;
    -- those of one's own cases are asked for at each message that comes in, and are no more than one may have open
    PERFORM iduo.count_rows_read((SELECT count(*) FROM iduo.case c WHERE c.id = ANY (p_cases) AND c.assigned_to IS DISTINCT FROM session_user));
    PERFORM iduo.count_unsettled_rows((SELECT count(*) FROM iduo.case c WHERE c.id = ANY (p_cases) AND c.assigned_to = session_user));
END $$;

CREATE FUNCTION api.case_messages(p_case bigint, p_before bigint DEFAULT NULL)
RETURNS TABLE (id bigint, direction text, channel text, address text, subject text, text text, state text, error text, at timestamptz, by text,
               may_resend boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY
        SELECT m.id, m.direction, m.channel, m.address, m.subject, m.text, m.state, m.error, m.at,
               CASE m.direction WHEN 'outbound' THEN iduo.name_of(m.by) ELSE '' END,
               m.state IN ('failed', 'doubtful') AND NOT EXISTS (SELECT FROM iduo.message r WHERE r.resend_of = m.id AND r.state <> 'cancelled')
               AND EXISTS (SELECT FROM iduo.case c WHERE c.id = m.case_id AND c.state = 'open' AND (c.assigned_to = session_user OR iduo.may('coordinator')))
        FROM iduo.message m WHERE m.conversation_id = iduo.conversation_of(p_case) AND (p_before IS NULL OR m.id < p_before)
        ORDER BY m.id DESC LIMIT 100;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

-- For others than who has the case it stays unread.
CREATE FUNCTION api.mark_conversation_read(p_case bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    IF EXISTS (SELECT FROM iduo.case c WHERE c.id = p_case AND c.state = 'open' AND c.assigned_to = session_user) THEN
        UPDATE iduo.message m SET read_at = clock_timestamp()
        WHERE m.conversation_id = iduo.conversation_of(p_case) AND m.direction = 'inbound' AND m.read_at IS NULL;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION api.message_ways, api.conversations, api.case_messages TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.send_message, api.resend_message, api.mark_conversation_read TO iduo_operator, iduo_coordinator;
RESET ROLE;
