-- What clients write: into their conversation and the case that is open, or to whoever looks after what belongs to nobody.
SET LOCAL ROLE iduo_owner;

-- Whose message it is: of the conversation that it answers, else of whom was last written to at that address, else of whom it is known to be.
CREATE OR REPLACE FUNCTION iduo.sender_of(p_channel text, p_key text, p_refs text[], OUT company_id bigint, OUT contact_id bigint, OUT case_id bigint)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    SELECT v.company_id, v.contact_id, m.case_id INTO company_id, contact_id, case_id FROM iduo.message m JOIN iduo.conversation v ON v.id = m.conversation_id
    WHERE m.message_ref <> '' AND m.message_ref COLLATE "C" = ANY (p_refs) AND num_nonnulls(v.company_id, v.contact_id) = 1
    ORDER BY m.direction DESC, m.id DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT v.company_id, v.contact_id, m.case_id INTO company_id, contact_id, case_id FROM iduo.message m JOIN iduo.conversation v ON v.id = m.conversation_id
        WHERE m.channel = p_channel AND m.address_key COLLATE "C" = p_key AND m.address_key <> '' AND m.state <> 'cancelled'
          AND num_nonnulls(v.company_id, v.contact_id) = 1
        ORDER BY m.direction DESC, m.id DESC LIMIT 1;
    END IF;
    IF NOT FOUND THEN
        SELECT f.company_id, f.contact_id INTO company_id, contact_id FROM iduo.known_senders(p_channel, p_key) f
        LEFT JOIN LATERAL (SELECT c.id, c.last_contact_at FROM iduo.case c WHERE c.id = iduo.open_case_of(f.company_id, f.contact_id, NULL)) k ON true
        ORDER BY k.id IS NULL, k.last_contact_at DESC NULLS LAST, f.company_id DESC NULLS LAST, f.contact_id DESC LIMIT 1;
    END IF;
END $$;

-- The open case to which a message of his belongs: the one it answers, else the one that was touched last.
CREATE OR REPLACE FUNCTION iduo.open_case_of(p_company bigint, p_contact bigint, p_case bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT c.id FROM (
        SELECT * FROM iduo.case k WHERE k.company_id = p_company AND k.state = 'open'
        UNION ALL SELECT * FROM iduo.case k WHERE k.contact_id = p_contact AND k.company_id IS NULL AND p_company IS NULL AND k.state = 'open') c
    ORDER BY c.id <> coalesce(p_case, 0), c.touched_at DESC, c.id DESC LIMIT 1
$$;

-- An identifier of a mail as headers have it, without brackets.
CREATE OR REPLACE FUNCTION iduo.bare_ref(p_ref text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT left(btrim(p_ref, E' \t\r\n<>'), 250) $$;

-- Text that came from outside, without what no screen shows, and not endless.
CREATE OR REPLACE FUNCTION iduo.tamed(p_text text, p_limit integer) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE WHEN length(t) > p_limit THEN left(t, p_limit - 1) || '…' ELSE t END
    FROM (SELECT btrim(regexp_replace(left(coalesce(p_text, ''), 3 * p_limit), '[\x01-\x08\x0b-\x1f\x7f]', '', 'g'), E' \t\n')) AS x(t)
$$;

-- Asked again with the same identifier and contents it is the same message; with other contents it is another one.
CREATE FUNCTION api.gateway_receive(p_channel text, p_provider_id text, p_from text, p_to text, p_subject text, p_text text, p_in_reply_to text[],
                                    p_at timestamptz)
RETURNS TABLE (message_id bigint, replayed boolean, matched boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('received', p_channel, p_from, p_subject, p_text);
    v_refs text[];
    v_party record;
    m iduo.message;
BEGIN
    PERFORM iduo.require('gateway');
    IF p_channel IS NULL OR p_channel NOT IN ('email', 'sms') OR btrim(coalesce(p_from, '')) = '' THEN
        PERFORM iduo.refuse('Falta de quién es, o por qué medio llegó.');
    END IF;
    m.channel := p_channel;
    m.payload_hash := v_hash;
    m.address := iduo.tamed(p_from, 254);
    m.address_key := coalesce(nullif(iduo.address_key(m.address), ''), lower(m.address));
    m.subject := iduo.tamed(regexp_replace(left(coalesce(p_subject, ''), 2000), '\s+', ' ', 'g'), 300);
    m.text := iduo.tamed(p_text, 10000);
    m.provider_id := iduo.name_received(p_channel, p_provider_id, v_hash, p_at);
    m.message_ref := CASE p_channel WHEN 'email' THEN iduo.bare_ref(coalesce(p_provider_id, '')) ELSE '' END;
    v_refs := ARRAY(SELECT iduo.bare_ref(x.r) FROM (SELECT r FROM unnest(p_in_reply_to) r LIMIT 100) x WHERE iduo.bare_ref(x.r) <> '');
    m.reply_to_ref := coalesce(v_refs[1], '');
    m.at := CASE WHEN p_at BETWEEN clock_timestamp() - interval '90 days' AND clock_timestamp() THEN p_at ELSE clock_timestamp() END;
    PERFORM set_config('synchronous_commit', 'on', true);
    replayed := EXISTS (SELECT FROM iduo.message x WHERE x.direction = 'inbound' AND x.channel = p_channel AND x.provider_id COLLATE "C" = m.provider_id
                        AND x.provider_id <> '');
    IF NOT replayed THEN
        SELECT * INTO v_party FROM iduo.sender_of(p_channel, m.address_key, v_refs);
        -- nothing where another gateway was faster
        replayed := iduo.keep_received(m, v_party.company_id, v_party.contact_id, v_party.case_id) IS NULL;
    END IF;
    RETURN QUERY SELECT x.id, replayed, num_nonnulls(v.company_id, v.contact_id) = 1 FROM iduo.message x JOIN iduo.conversation v ON v.id = x.conversation_id
        WHERE x.direction = 'inbound' AND x.channel = p_channel AND x.provider_id COLLATE "C" = m.provider_id AND x.provider_id <> '';
END $$;

-- Under what it is kept. Without an identifier, what was said and when is it; one that came before with other contents gets a mark.
CREATE OR REPLACE FUNCTION iduo.name_received(p_channel text, p_id text, p_hash bytea, p_at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE WHEN x.id = '' THEN left(encode(p_hash, 'hex'), 40) || '/' || coalesce(iduo.iso(p_at), '')
                WHEN EXISTS (SELECT FROM iduo.message m WHERE m.direction = 'inbound' AND m.channel = p_channel AND m.provider_id COLLATE "C" = x.id
                             AND m.provider_id <> '' AND m.payload_hash <> p_hash AND m.text <> '(borrado)') THEN left(x.id, 200) || '#' || left(encode(p_hash, 'hex'), 40)
                ELSE x.id END
    FROM (SELECT coalesce(iduo.bare_ref(p_id), '')) AS x(id)
$$;

-- Keeps what came in. The client's row is locked first, so that a merge of persons either has moved his conversation or waits.
CREATE OR REPLACE FUNCTION iduo.keep_received(m iduo.message, p_company bigint, p_contact bigint, p_case bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_id bigint;
    v_case bigint;
BEGIN
    PERFORM FROM iduo.company o WHERE o.id = p_company FOR NO KEY UPDATE;
    PERFORM FROM iduo.contact n WHERE n.id = p_contact FOR NO KEY UPDATE;
    p_contact := iduo.who_stayed(p_contact);
    v_case := iduo.open_case_of(p_company, p_contact, p_case);
    IF num_nonnulls(p_company, p_contact) > 0 THEN
        m.conversation_id := iduo.conversation_with(p_company, p_contact, v_case);
    ELSE
        m.conversation_id := iduo.conversation_with_stranger(m.channel, m.address_key);
    END IF;
    INSERT INTO iduo.message (conversation_id, direction, channel, address, address_key, subject, text, state, message_ref, reply_to_ref, provider_id, at,
                              by, key, payload_hash)
    VALUES (m.conversation_id, 'inbound', m.channel, m.address, m.address_key, m.subject, m.text, 'received', m.message_ref, m.reply_to_ref,
            m.provider_id, m.at, session_user, gen_random_uuid(), m.payload_hash)
    ON CONFLICT (channel, provider_id COLLATE "C") WHERE direction = 'inbound' AND provider_id <> '' DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NOT NULL AND v_case IS NOT NULL THEN
        PERFORM iduo.put_into_case(v_id, v_case);
    END IF;
    RETURN v_id;
END $$;

-- Of somebody who is not known: one for all that comes from his address.
CREATE OR REPLACE FUNCTION iduo.conversation_with_stranger(p_channel text, p_key text) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_id bigint;
BEGIN
    -- 1,024 of them, as of the numbers that are contacted: one for each stranger would let one transaction fill the server's table of locks
    PERFORM pg_advisory_xact_lock(hashtextextended('stranger', 0) + (hashtextextended(p_channel || p_key, 0) & 1023));
    SELECT v.id INTO v_id FROM iduo.message x JOIN iduo.conversation v ON v.id = x.conversation_id
    WHERE x.channel = p_channel AND x.address_key COLLATE "C" = p_key AND x.address_key <> '' AND num_nonnulls(v.company_id, v.contact_id) = 0
    ORDER BY x.id DESC LIMIT 1;
    IF FOUND THEN
        UPDATE iduo.conversation v SET last_at = clock_timestamp() WHERE v.id = v_id;
    ELSE
        INSERT INTO iduo.conversation DEFAULT VALUES RETURNING id INTO v_id;
    END IF;
    RETURN v_id;
END $$;

-- A contact that came in: it is in the case's history and sends the client to the end of his list; it raises no level.
CREATE OR REPLACE FUNCTION iduo.put_into_case(p_message bigint, p_case bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_case iduo.case := iduo.lock_case(p_case);
    v_event bigint;
    m iduo.message;
BEGIN
    SELECT * INTO m FROM iduo.message x WHERE x.id = p_message FOR UPDATE;
    v_event := iduo.add_event(v_case, 'attempt', concat_ws(': ', CASE m.channel WHEN 'email' THEN 'Mail recibido' ELSE 'SMS recibido' END,
                                                           coalesce(nullif(m.subject, ''), nullif(left(m.text, 120), ''))), '', NULL, NULL);
    INSERT INTO iduo.attempt (event_id, case_id, company_id, channel, direction, address, at, by, message_id)
    VALUES (v_event, p_case, v_case.company_id, m.channel, 'inbound', m.address, m.at, session_user, p_message);
    UPDATE iduo.case c SET last_contact_at = greatest(c.last_contact_at, m.at), version = c.version + 1, attempts = c.attempts + 1,
        emails = c.emails + (m.channel = 'email')::integer, sms = c.sms + (m.channel = 'sms')::integer WHERE c.id = p_case;
    UPDATE iduo.message x SET case_id = p_case, event_id = v_event WHERE x.id = p_message;
    RETURN v_event;
END $$;

-- What came in and belongs to no case: of strangers, and of clients who have none open. `party` is who it is, where that is known.
CREATE FUNCTION api.unattended_messages(p_before bigint DEFAULT NULL)
RETURNS TABLE (id bigint, channel text, address text, party text, company_id bigint, contact_id bigint, subject text, text text, at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('coordinator');
    RETURN QUERY SELECT m.id, m.channel, m.address, coalesce(o.client, n.person, ''), v.company_id, v.contact_id, m.subject, m.text, m.at
        FROM iduo.message m JOIN iduo.conversation v ON v.id = m.conversation_id
        LEFT JOIN iduo.company o ON o.id = v.company_id LEFT JOIN iduo.contact n ON n.id = v.contact_id
        WHERE m.case_id IS NULL AND m.read_at IS NULL AND m.text <> '(borrado)' AND (p_before IS NULL OR m.id < p_before) ORDER BY m.id DESC LIMIT 100;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

-- All that this sender wrote and belongs to no case goes into that one, and stays unread for who has it; without a case it is done with.
CREATE FUNCTION api.attend_message(p_message bigint, p_case bigint)
RETURNS TABLE (messages integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_case iduo.case;
    v_ids bigint[];
    v_conversation bigint;
BEGIN
    PERFORM iduo.require('coordinator');
    IF p_case IS NOT NULL THEN
        PERFORM iduo.lock_client_of(p_case);
        v_case := iduo.lock_case(p_case);
        IF v_case.state <> 'open' THEN
            PERFORM iduo.refuse('El caso ya está cerrado.');
        END IF;
    END IF;
    v_ids := ARRAY(SELECT m.id FROM iduo.message m WHERE m.case_id IS NULL AND m.read_at IS NULL AND m.conversation_id = (
                       SELECT x.conversation_id FROM iduo.message x WHERE x.id = p_message AND x.case_id IS NULL) ORDER BY m.id LIMIT 100 FOR UPDATE);
    IF v_ids = '{}' THEN
        PERFORM iduo.refuse('Alguien ya lo atendió.');
    ELSIF p_case IS NULL THEN
        UPDATE iduo.message m SET read_at = clock_timestamp() WHERE m.id = ANY (v_ids);
        -- tells the workstations: the message itself has no case to be told of
        UPDATE iduo.conversation v SET last_at = v.last_at WHERE v.id = (SELECT x.conversation_id FROM iduo.message x WHERE x.id = p_message);
    ELSE
        v_conversation := iduo.conversation_with(v_case.company_id, v_case.contact_id, p_case);
        -- with what a stranger wrote before: from now on he is known. What is known to be another's stays his
        UPDATE iduo.message m SET conversation_id = v_conversation
        WHERE m.case_id IS NULL AND m.conversation_id <> v_conversation AND m.conversation_id = (
            SELECT x.conversation_id FROM iduo.message x WHERE x.id = p_message)
          AND (m.id = ANY (v_ids) OR EXISTS (SELECT FROM iduo.conversation v WHERE v.id = m.conversation_id AND num_nonnulls(v.company_id, v.contact_id) = 0));
        PERFORM iduo.put_into_case(i, p_case) FROM unnest(v_ids) i;
    END IF;
    RETURN QUERY SELECT cardinality(v_ids);
END $$;
GRANT EXECUTE ON FUNCTION api.gateway_receive TO iduo_gateway;
GRANT EXECUTE ON FUNCTION api.unattended_messages, api.attend_message TO iduo_coordinator;
RESET ROLE;

-- as those of search.sql: row security would switch the indexes off
GRANT SELECT (company_id, address, removed) ON iduo.company_email TO iduo_search;
SET LOCAL ROLE iduo_search;

-- Clients and persons with that address or number. A person without cases of his own stands for his client.
CREATE OR REPLACE FUNCTION iduo.known_senders(p_channel text, p_key text) RETURNS TABLE (company_id bigint, contact_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' SET enable_seqscan = off AS $$
    (SELECT e.company_id, NULL::bigint FROM iduo.company_email e
     WHERE p_channel = 'email' AND lower(e.address) COLLATE "C" = p_key AND p_key <> '' AND NOT e.removed LIMIT 200)
    UNION (SELECT f.company_id, NULL FROM iduo.company_phone f
           WHERE p_channel = 'sms' AND f.search_key COLLATE "C" = p_key AND length(p_key) = 10 AND NOT f.removed LIMIT 200)
    UNION SELECT CASE WHEN s.own THEN NULL ELSE s.company_id END, CASE WHEN s.own THEN s.id END FROM (
        SELECT n.id, n.company_id, n.company_id IS NULL OR EXISTS (
                   SELECT FROM iduo.case c WHERE c.contact_id = n.id AND c.company_id IS NULL) AS own
        FROM (SELECT e.contact_id FROM iduo.contact_email e
              WHERE p_channel = 'email' AND lower(e.address) COLLATE "C" = p_key AND p_key <> '' AND NOT e.removed
              UNION SELECT f.contact_id FROM iduo.contact_phone f
              WHERE p_channel = 'sms' AND f.search_key COLLATE "C" = p_key AND length(p_key) = 10 AND NOT f.removed LIMIT 200) k
        JOIN iduo.contact n ON n.id = k.contact_id WHERE n.merged_into IS NULL) s
$$;
GRANT EXECUTE ON FUNCTION iduo.known_senders TO iduo_owner;
RESET ROLE;
