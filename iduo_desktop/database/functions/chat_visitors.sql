-- The visitor's side of the web chat. Its service has a role of its own that may do nothing else, and holds nothing: what it was told, it was
-- told by the database. A visitor proves that a chat is his by a secret of which the hash arrives here.
SET LOCAL ROLE iduo_owner;

-- Whether somebody attends at a moment, and from when on if not; NULL when nobody does within two weeks.
CREATE OR REPLACE FUNCTION iduo.chat_hours(p_at timestamptz, OUT open boolean, OUT opens_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_local timestamp := p_at AT TIME ZONE 'America/Argentina/Buenos_Aires';
BEGIN
    open := iduo.setting('chat_on')::boolean AND EXISTS (
        SELECT FROM iduo.working_hours w WHERE w.weekday = extract(isodow FROM v_local) AND v_local::time >= w.opens AND v_local::time < w.closes
          AND NOT EXISTS (SELECT FROM iduo.holiday h WHERE h.day = v_local::date));
    IF NOT open AND iduo.setting('chat_on')::boolean THEN
        SELECT min((d::date + w.opens) AT TIME ZONE 'America/Argentina/Buenos_Aires') INTO opens_at
        FROM generate_series(v_local::date::timestamp, v_local::date + 14, interval '1 day') d JOIN iduo.working_hours w ON w.weekday = extract(isodow FROM d)
        WHERE d::date + w.opens > v_local AND NOT EXISTS (SELECT FROM iduo.holiday h WHERE h.day = d::date);
    END IF;
END $$;

-- How many wait before him, and he. Who was asked for by name waits in the same queue.
CREATE OR REPLACE FUNCTION iduo.chat_place(p_chat iduo.chat) RETURNS integer
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE p_chat.state WHEN 'waiting' THEN (SELECT count(*)::integer + 1 FROM iduo.chat c
        WHERE c.state = 'waiting' AND (c.queued_at, c.id) < (p_chat.queued_at, p_chat.id)) ELSE 0 END
$$;

-- How the visitor calls who attends him: by the first name alone.
CREATE OR REPLACE FUNCTION iduo.chat_name(p_login text) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT coalesce(split_part(btrim(iduo.name_of(p_login)), ' ', 1), '') $$;

-- The chat of this secret, locked; refused where there is none.
CREATE OR REPLACE FUNCTION iduo.chat_of(p_token bytea) RETURNS iduo.chat
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    c iduo.chat;
BEGIN
    SELECT * INTO c FROM iduo.chat x WHERE x.token_hash = p_token FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa conversación no existe.');
    END IF;
    RETURN c;
END $$;

-- The line of a chat that this key made before, or nothing.
CREATE OR REPLACE FUNCTION iduo.line_of_key(p_chat bigint, p_key uuid, p_hash bytea) RETURNS iduo.chat_line
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    l iduo.chat_line;
BEGIN
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    SELECT * INTO l FROM iduo.chat_line x WHERE x.chat_id = p_chat AND x.key = p_key;
    IF FOUND AND l.payload_hash IS DISTINCT FROM p_hash THEN
        RAISE EXCEPTION 'Ese pedido ya se hizo con otros datos.' USING ERRCODE = '23505';
    END IF;
    RETURN l;
END $$;

-- The next line of a chat that is locked. The hash says whose it is and what was asked; what the house says by itself has no key.
CREATE OR REPLACE FUNCTION iduo.add_chat_line(c iduo.chat, p_side text, p_text text, p_key uuid, p_hash bytea) RETURNS iduo.chat_line
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    l iduo.chat_line;
BEGIN
    PERFORM set_config('synchronous_commit', 'on', true);
    IF c.lines >= 2000 THEN
        PERFORM iduo.refuse('Esta conversación ya es demasiado larga.');
    END IF;
    INSERT INTO iduo.chat_line (chat_id, seq, side, "by", text, key, payload_hash)
    VALUES (c.id, c.lines + 1, p_side, CASE p_side WHEN 'operator' THEN session_user END, p_text, coalesce(p_key, gen_random_uuid()), p_hash)
    RETURNING * INTO l;
    RETURN l;
END $$;

-- One after the other: so the limits hold for those who come at once, and of two who come with one secret one begins.
CREATE OR REPLACE FUNCTION iduo.queue_up(p_address bytea) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF coalesce(octet_length(p_address), 0) <> 32 THEN
        PERFORM iduo.refuse('El pedido no se entiende.');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('chats begin', 0));
END $$;

CREATE FUNCTION api.visitor_hours()
RETURNS TABLE (open boolean, opens_at timestamptz, waiting integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('chat');
    RETURN QUERY SELECT h.open, h.opens_at, (SELECT count(*)::integer FROM iduo.chat c WHERE c.state = 'waiting') FROM iduo.chat_hours(clock_timestamp()) h;
END $$;

-- Begins a chat, or finds that of this secret. Outside the hours it refuses; a message can be left then.
CREATE FUNCTION api.visitor_open(p_token bytea, p_address bytea, p_name text, p_company text, p_page text)
RETURNS TABLE (chat_id bigint, state text, place integer, attended_by text, lines integer, offered boolean, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    c iduo.chat;
    v_hour timestamptz := clock_timestamp() - interval '1 hour';  -- a value, or no index is used
    v_companies bigint[];
BEGIN
    PERFORM iduo.require('chat');
    IF coalesce(octet_length(p_token), 0) <> 32 THEN
        PERFORM iduo.refuse('El pedido no se entiende.');
    END IF;
    SELECT * INTO c FROM iduo.chat x WHERE x.token_hash = p_token;
    IF NOT FOUND THEN
        PERFORM iduo.queue_up(p_address);
        SELECT * INTO c FROM iduo.chat x WHERE x.token_hash = p_token;
    END IF;
    replayed := c.id IS NOT NULL;
    IF NOT replayed THEN
        IF NOT (iduo.chat_hours(clock_timestamp())).open THEN
            PERFORM iduo.refuse_field('hours', 'El chat está cerrado en este momento. Puede dejarnos un mensaje.');
        ELSIF (SELECT count(*) FROM iduo.chat x WHERE x.address_hash = p_address AND x.at > v_hour)
            >= iduo.setting('chats_per_address')::integer THEN
            PERFORM iduo.refuse_field('limit', 'Ya se abrieron varias conversaciones desde esta conexión. Pruebe más tarde, o déjenos un mensaje.');
        ELSIF (SELECT count(*) FROM (SELECT FROM iduo.chat x WHERE x.state = 'waiting' LIMIT 500) w) >= 500 THEN
            PERFORM iduo.refuse_field('limit', 'Hay demasiada gente esperando. Déjenos un mensaje, por favor.');
        ELSIF (SELECT count(*) FROM iduo.chat x WHERE x.at > v_hour) >= 5000 THEN
            -- from however many connections: also who has the service's password fills no disk
            PERFORM iduo.refuse_field('limit', 'Hay demasiadas conversaciones. Déjenos un mensaje, por favor.');
        END IF;
        PERFORM set_config('synchronous_commit', 'on', true);
        p_company := iduo.tamed_line(p_company, 40);
        v_companies := ARRAY(SELECT DISTINCT n.company_id FROM iduo.number_matches(p_company) n LIMIT 2);
        INSERT INTO iduo.chat AS x (token_hash, address_hash, name, company_keyed, page, company_id)
        VALUES (p_token, p_address, iduo.need('name', iduo.tamed_line(p_name, 120), 'Escriba su nombre.', 120), p_company, iduo.tamed_line(p_page, 300),
                CASE WHEN cardinality(v_companies) = 1 THEN v_companies[1] END)
        RETURNING x.* INTO c;
        INSERT INTO iduo.chat_presence (chat_id) VALUES (c.id);
    END IF;
    RETURN QUERY SELECT c.id, c.state, iduo.chat_place(c), iduo.chat_name(c.attended_by), c.lines, c.offered_at IS NOT NULL, replayed;
END $$;

-- What a visitor says of himself, in one line.
CREATE OR REPLACE FUNCTION iduo.tamed_line(p_text text, p_limit integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$  -- what it calls is made later
BEGIN
    RETURN iduo.tamed(regexp_replace(left(p_text, 4 * p_limit), '\s+', ' ', 'g'), p_limit);
END $$;

-- Where a chat stands, for whoever comes back to it.
CREATE FUNCTION api.visitor_state(p_token bytea)
RETURNS TABLE (chat_id bigint, state text, place integer, attended_by text, lines integer, offered boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    c iduo.chat;
BEGIN
    PERFORM iduo.require('chat');
    SELECT * INTO c FROM iduo.chat x WHERE x.token_hash = p_token;
    IF FOUND THEN
        RETURN QUERY SELECT c.id, c.state, iduo.chat_place(c), iduo.chat_name(c.attended_by), c.lines, c.offered_at IS NOT NULL;
    END IF;
END $$;

CREATE FUNCTION api.visitor_say(p_token bytea, p_text text, p_key uuid)
RETURNS TABLE (seq integer, at timestamptz, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('visitor', p_text);
    v_hour timestamptz := clock_timestamp() - interval '1 hour';  -- a value, or no index is used
    c iduo.chat;
    l iduo.chat_line;
BEGIN
    PERFORM iduo.require('chat');
    p_text := iduo.tamed(p_text, 2000);
    c := iduo.chat_of(p_token);
    l := iduo.line_of_key(c.id, p_key, v_hash);
    replayed := l.id IS NOT NULL;
    IF NOT replayed THEN
        IF c.state = 'ended' THEN
            PERFORM iduo.refuse_field('ended', 'Esta conversación ya terminó.');
        ELSIF iduo.blank(p_text) THEN
            PERFORM iduo.refuse_field('text', 'Escriba un mensaje.');
        ELSIF (SELECT count(*) FROM iduo.chat_line x WHERE x.chat_id = c.id AND x.seq > c.lines - 400 AND x.side = 'visitor'
               AND x.at > clock_timestamp() - interval '1 minute') >= iduo.setting('chat_lines_per_minute')::integer THEN
            PERFORM iduo.refuse_field('limit', 'Está escribiendo muy rápido: espere un momento.');
        ELSIF (SELECT count(*) FROM iduo.chat_line x WHERE x.chat_id = c.id AND x.side = 'visitor') >= 1000 THEN
            PERFORM iduo.refuse_field('limit', 'Esta conversación ya es demasiado larga.');
        ELSIF c.lines % 10 = 0 AND (SELECT count(*) FROM (SELECT FROM iduo.chat_line x WHERE x.side = 'visitor' AND x.at > v_hour LIMIT 60000) said) >= 60000 THEN
            -- in however many chats: also who has the service's password fills no disk; looked at now and then, as it takes a while to count
            PERFORM iduo.refuse_field('limit', 'Se está escribiendo demasiado en este momento. Pruebe más tarde, o déjenos un mensaje.');
        END IF;
        l := iduo.add_chat_line(c, 'visitor', p_text, p_key, v_hash);
        UPDATE iduo.chat x SET lines = l.seq, waits_since = coalesce(x.waits_since, l.at) WHERE x.id = c.id;
    END IF;
    RETURN QUERY SELECT l.seq, l.at, replayed;
END $$;

-- The lines after one, in their order, at most 200; his own with the key under which he sent them. A day after the end they are not told any
-- more: whoever sits down at the same computer is not shown what the one before him said.
CREATE FUNCTION api.visitor_lines(p_token bytea, p_after integer)
RETURNS TABLE (seq integer, side text, name text, text text, at timestamptz, key uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('chat');
    RETURN QUERY SELECT l.seq, l.side, iduo.chat_name(l."by"), l.text, l.at, CASE l.side WHEN 'visitor' THEN l.key END FROM iduo.chat c JOIN iduo.chat_line l ON l.chat_id = c.id
        WHERE c.token_hash = p_token AND l.seq > coalesce(p_after, 0) AND (c.ended_at > clock_timestamp() - interval '1 day') IS NOT FALSE
        ORDER BY l.seq LIMIT 200;
END $$;

-- What happened in all chats since the last look, asked once for all visitors of a gateway: first a row with the new cursor alone; then a row
-- for each chat that changed, with where it stands and how many lines there are. Who waits is said whenever anything changed, as his place may
-- have. After a cursor that is too old `everything` is true: each visitor has to be looked after by himself.
-- `token` is a hash of what a chat is asked for by: whoever already has that knows which it is, and nobody else can ask for it.
CREATE FUNCTION api.visitor_news(p_since text DEFAULT NULL)
RETURNS TABLE (cursor text, everything boolean, token bytea, state text, place integer, attended_by text, lines integer, offered boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_since pg_snapshot;
    v_now pg_snapshot;
    v_changed bigint[];
    v_all boolean;
BEGIN
    PERFORM iduo.require('chat');
    v_now := pg_current_snapshot();
    IF NOT pg_input_is_valid(p_since, 'pg_snapshot') THEN
        PERFORM iduo.refuse('Ese punto de partida no se entiende.');
    END IF;
    v_since := p_since::pg_snapshot;
    v_all := v_since IS NULL OR pg_snapshot_xmax(v_since) > pg_snapshot_xmax(v_now)
        OR EXISTS (SELECT FROM iduo.heartbeat h WHERE h.service = 'guard' AND pg_snapshot_xmin(v_since) <= h.pruned_xid AND h.pruned_xid < pg_snapshot_xmin(v_now));
    IF NOT v_all THEN
        v_changed := ARRAY(SELECT DISTINCT n.id FROM iduo.change n WHERE n.table_name IN ('chat', 'chat_line') AND n.xid >= pg_snapshot_xmin(v_since)
                           AND NOT pg_visible_in_snapshot(n.xid, v_since) AND pg_visible_in_snapshot(n.xid, v_now));
        v_all := array_position(v_changed, NULL) IS NOT NULL;
    END IF;
    RETURN QUERY SELECT v_now::text, v_all, NULL::bytea, NULL::text, NULL::integer, NULL::text, NULL::integer, NULL::boolean;
    IF v_changed <> '{}' AND NOT v_all THEN
        RETURN QUERY SELECT v_now::text, false, sha256(c.token_hash), c.state,
                CASE c.state WHEN 'waiting' THEN (row_number() OVER (PARTITION BY c.state ORDER BY c.queued_at, c.id))::integer ELSE 0 END,
                iduo.chat_name(c.attended_by), c.lines, c.offered_at IS NOT NULL
            FROM iduo.chat c WHERE c.id = ANY (v_changed) OR c.state = 'waiting' AND EXISTS (SELECT FROM iduo.chat x WHERE x.id = ANY (v_changed));
    END IF;
END $$;

-- The visitor leaves. Whoever attends him sees it.
CREATE FUNCTION api.visitor_leave(p_token bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    c iduo.chat;
BEGIN
    PERFORM iduo.require('chat');
    c := iduo.chat_of(p_token);
    IF c.state <> 'ended' THEN
        PERFORM iduo.end_chat_of(c, 'visitor', 'Quien consultaba terminó la conversación.');
    END IF;
END $$;

-- Ends a chat that is locked, with a last line that says so.
CREATE OR REPLACE FUNCTION iduo.end_chat_of(c iduo.chat, p_by text, p_line text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF c.lines < 2000 THEN
        c.lines := (iduo.add_chat_line(c, 'system', p_line, NULL, NULL)).seq;
    END IF;
    UPDATE iduo.chat x SET state = 'ended', ended_at = clock_timestamp(), ended_by = p_by, lines = c.lines, waits_since = NULL WHERE x.id = c.id;
END $$;

-- Which visitors are there now; and that the service runs.
CREATE FUNCTION api.visitors_here(p_tokens bytea[], p_started_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('chat');
    WITH seen AS MATERIALIZED (
        SELECT p.chat_id FROM iduo.chat c JOIN iduo.chat_presence p ON p.chat_id = c.id
        WHERE c.token_hash = ANY (p_tokens[1:5000]) AND c.state <> 'ended' AND p.seen_at < clock_timestamp() - interval '5 s'
        ORDER BY p.chat_id FOR NO KEY UPDATE OF p SKIP LOCKED  -- who reads or writes to him holds nobody else up
    ) UPDATE iduo.chat_presence p SET seen_at = clock_timestamp() FROM seen s WHERE p.chat_id = s.chat_id;
    INSERT INTO iduo.heartbeat AS h (service, pid, started_at, beat_at)
    VALUES ('chat', pg_backend_pid(), least(p_started_at, clock_timestamp()), clock_timestamp())
    ON CONFLICT (service) DO UPDATE SET pid = excluded.pid, started_at = excluded.started_at, beat_at = excluded.beat_at;
END $$;

-- A message instead of a talk, or after one that nobody answered (then with his secret): it becomes a ticket, and its number is told.
CREATE FUNCTION api.visitor_message(p_token bytea, p_address bytea, p_name text, p_company text, p_phone text, p_phone_e164 text, p_phone_key text,
                                    p_email text, p_text text, p_key uuid)
RETURNS TABLE (number bigint, "check" text, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hour timestamptz := clock_timestamp() - interval '1 hour';  -- a value, or no index is used
    v_hash bytea := iduo.hash('visitor', p_name, p_company, p_phone, p_email, p_text);
    c iduo.chat;
    t iduo.ticket;
BEGIN
    PERFORM iduo.require('chat');
    PERFORM iduo.queue_up(p_address);
    t := iduo.ticket_of_key(p_key, v_hash);
    replayed := t.id IS NOT NULL;
    IF NOT replayed THEN
        IF p_token IS NOT NULL THEN
            c := iduo.chat_of(p_token);
        END IF;
        -- by when they were left: a talk that became a message may have begun long before
        IF (SELECT count(*) FROM iduo.chat x WHERE x.address_hash = p_address AND x.ended_by = 'message' AND x.ended_at > v_hour)
            >= iduo.setting('chats_per_address')::integer THEN
            PERFORM iduo.refuse_field('limit', 'Ya se dejaron varios mensajes desde esta conexión. Pruebe más tarde, por favor.');
        ELSIF (SELECT count(*) FROM iduo.chat x WHERE x.ended_at > v_hour AND x.ended_by = 'message') >= 1000 THEN
            PERFORM iduo.refuse_field('limit', 'Se están dejando demasiados mensajes. Pruebe más tarde, por favor.');
        END IF;
        t := iduo.message_of_visitor(p_name, p_company, p_phone, p_phone_e164, p_phone_key, p_email, p_text);
        PERFORM set_config('synchronous_commit', 'on', true);
        INSERT INTO iduo.ticket (kind, channel, caller_kind, topic_id, topic, company_id, company_number, company, surname, names, document, phone,
                                 phone_e164, phone_key, email, text, insisted_reason, provisional, values, created_by, key, payload_hash)
        VALUES (t.kind, 'chat', t.caller_kind, NULL, t.topic, t.company_id, t.company_number, t.company, t.surname, t.names, t.document, t.phone,
                t.phone_e164, t.phone_key, t.email, t.text, '', '', '{}', session_user, p_key, v_hash)
        RETURNING * INTO t;
        PERFORM iduo.add_ticket_event(t.id, 'created', '', 1, NULL, NULL);
        IF c.id IS NOT NULL AND c.state <> 'ended' THEN
            PERFORM iduo.end_chat_of(c, 'message', format('Dejó un mensaje: ticket %s.', iduo.spoken_number(t.number, iduo.check_digit(t.number))));
        ELSE
            -- counted by the connection, as a talk is; also after one that is over
            INSERT INTO iduo.chat (token_hash, address_hash, name, company_id, state, ended_at, ended_by)
            VALUES (sha256(convert_to(p_key::text, 'UTF8')), p_address, left(t.surname, 120), t.company_id, 'ended', clock_timestamp(), 'message');
        END IF;
    END IF;
    RETURN QUERY SELECT t.number, iduo.check_digit(t.number), replayed;
END $$;

-- What a visitor wrote, as a ticket that is not kept yet.
CREATE OR REPLACE FUNCTION iduo.message_of_visitor(p_name text, p_company text, p_phone text, p_phone_e164 text, p_phone_key text, p_email text, p_text text)
RETURNS iduo.ticket
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_companies bigint[] := ARRAY(SELECT DISTINCT n.company_id FROM iduo.number_matches(iduo.tamed(p_company, 40)) n LIMIT 2);
    t iduo.ticket;
BEGIN
    t.channel := 'chat';
    t.surname := iduo.need('name', iduo.one_line('name', iduo.tamed(p_name, 120), 120), 'Escriba su nombre.', 120);
    t.names := '';
    t.document := '';
    t.phone := iduo.one_line('phone', iduo.tamed(p_phone, 60), 60);
    t.phone_e164 := p_phone_e164;
    t.phone_key := coalesce(p_phone_key, '');
    t.email := lower(iduo.one_line('email', iduo.tamed(p_email, 254), 254));
    t.text := iduo.need('text', iduo.tamed(p_text, 3900), 'Escriba su mensaje.', 4000);
    IF btrim(coalesce(p_company, '')) <> '' AND cardinality(v_companies) <> 1 THEN
        t.text := format(E'%s\n\n(Empresa que escribió: %s)', t.text, iduo.tamed(p_company, 40));
    END IF;
    t.company_id := CASE WHEN cardinality(v_companies) = 1 THEN v_companies[1] END;
    t.caller_kind := CASE WHEN t.company_id IS NULL THEN 'other' ELSE 'client' END;
    t.values := '{}';
    RETURN iduo.complete_ticket(t);
END $$;
GRANT EXECUTE ON FUNCTION api.visitor_hours, api.visitor_open, api.visitor_state, api.visitor_say, api.visitor_lines, api.visitor_news, api.visitor_leave,
    api.visitors_here, api.visitor_message TO iduo_chat;
RESET ROLE;
