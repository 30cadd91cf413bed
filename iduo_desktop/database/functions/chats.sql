-- The operators' side of the web chat: who waits, taking, writing, handing on, ending.
SET LOCAL ROLE iduo_owner;

-- A chat, locked; refused where there is none.
CREATE OR REPLACE FUNCTION iduo.lock_chat(p_chat bigint) RETURNS iduo.chat
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    c iduo.chat;
BEGIN
    SELECT * INTO c FROM iduo.chat x WHERE x.id = p_chat FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese chat no existe.');
    END IF;
    RETURN c;
END $$;

-- It has to be the caller's own; over or not.
CREATE OR REPLACE FUNCTION iduo.need_own_chat(c iduo.chat) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF c.state = 'waiting' THEN
        PERFORM iduo.refuse('Nadie atiende ese chat todavía: tomalo primero.');
    ELSIF c.attended_by IS NULL THEN
        PERFORM iduo.refuse('Ese chat terminó sin que nadie lo atendiera.');
    ELSIF c.attended_by <> session_user THEN
        PERFORM iduo.refuse(format('Ese chat lo atiende %s.', iduo.name_of(c.attended_by)));
    END IF;
END $$;

-- One's own that are not over first, however many wait, then those who wait for anybody or for oneself, the longest wait first; a coordinator
-- sees all that are not over.
-- One's own that ended a moment ago stay until they are settled: the call that belongs to them has no outcome yet.
CREATE FUNCTION api.chats()
RETURNS TABLE (id bigint, state text, name text, company_keyed text, company_id bigint, company text, contact_id bigint, person text, page text,
               call_id bigint, at timestamptz, queued_at timestamptz, asked_for text, handed_by text, handed_note text, attended_by text, attended_name text,
               waits_since timestamptz, ended_by text, lines integer, read integer, last_side text, last_text text, here boolean, offered boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_since timestamptz := clock_timestamp() - interval '1 day';  -- a value, or no index is used
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    RETURN QUERY
        WITH mine AS MATERIALIZED (
            SELECT c.* FROM iduo.chat c WHERE c.state = 'waiting' AND (c.asked_for IS NULL OR c.asked_for = session_user OR iduo.may('coordinator'))
            UNION ALL SELECT c.* FROM iduo.chat c WHERE c.state = 'attended' AND (c.attended_by = session_user OR iduo.may('coordinator'))
            UNION ALL SELECT c.* FROM iduo.chat c JOIN iduo.call k ON k.id = c.call_id WHERE c.state = 'ended' AND c.attended_by = session_user
                AND c.at > v_since AND k."by" = session_user AND k.outcome IS NULL
        )
        SELECT c.id, c.state, c.name, c.company_keyed, c.company_id, o.client, c.contact_id, n.person, c.page, CASE WHEN c.attended_by = session_user THEN c.call_id END,
            c.at, c.queued_at, c.asked_for, iduo.name_of(c.handed_by), c.handed_note, c.attended_by, iduo.name_of(c.attended_by),
            c.waits_since, c.ended_by, c.lines, p.staff_read, l.side, left(l.text, 200), p.seen_at > clock_timestamp() - interval '40 s', c.offered_at IS NOT NULL
        FROM mine c JOIN iduo.chat_presence p ON p.chat_id = c.id LEFT JOIN iduo.chat_line l ON l.chat_id = c.id AND l.seq = c.lines
            LEFT JOIN iduo.company o ON o.id = c.company_id LEFT JOIN iduo.contact n ON n.id = c.contact_id
        ORDER BY c.attended_by IS DISTINCT FROM session_user, c.state = 'ended', c.queued_at, c.id LIMIT 200;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_unsettled_rows(v_rows);
END $$;

-- The lines after one, in their order, at most 200: of one's own chats and of those that wait for oneself or for anybody; for coordinators of all.
-- What is over and belongs to a client or a person may be read by whoever may read his messages. All but those of one's own are counted; one that
-- was taken in this very transaction may yet be given back.
CREATE FUNCTION api.chat_lines(p_chat bigint, p_after integer)
RETURNS TABLE (seq integer, side text, by_name text, text text, at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    c iduo.chat;
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    SELECT * INTO c FROM iduo.chat x WHERE x.id = p_chat;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese chat no existe.');
    ELSIF NOT iduo.may_read_chat(c) THEN
        PERFORM iduo.refuse(CASE WHEN c.attended_by IS NULL THEN 'Ese chat no es para vos.'
                                 ELSE format('Ese chat lo atiende %s.', iduo.name_of(c.attended_by)) END);
    END IF;
    RETURN QUERY SELECT l.seq, l.side, iduo.name_of(l."by"), l.text, l.at FROM iduo.chat_line l
        WHERE l.chat_id = p_chat AND l.seq > coalesce(p_after, 0) ORDER BY l.seq LIMIT 200;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    IF c.attended_by IS DISTINCT FROM session_user THEN
        PERFORM iduo.count_rows_read(v_rows);
    ELSE
        PERFORM iduo.count_unsettled_rows(v_rows);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION iduo.may_read_chat(c iduo.chat) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(c.attended_by = session_user, false) OR iduo.may('coordinator')
        OR CASE c.state WHEN 'waiting' THEN iduo.may('operator') AND coalesce(c.asked_for = session_user, true)
                        WHEN 'ended' THEN num_nonnulls(c.company_id, c.contact_id) > 0 ELSE false END
$$;

-- Takes a chat that waits; of two who try, one has it. A call begins with it, so that messages and their numbers belong to it as to any other.
CREATE FUNCTION api.take_chat(p_chat bigint, p_key uuid)
RETURNS TABLE (chat_id bigint, call_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('take chat', p_chat::text);
    v_call iduo.call;
    c iduo.chat;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    v_call := iduo.known_call(p_key, '', v_hash);  -- locks one's own row: the limit holds in parallel
    replayed := v_call.id IS NOT NULL;
    IF NOT replayed THEN
        c := iduo.lock_chat(p_chat);
        PERFORM iduo.line_of_key(p_chat, p_key, v_hash);
        IF c.state = 'ended' THEN
            PERFORM iduo.refuse('Ese chat ya terminó.');
        ELSIF c.state = 'attended' AND c.attended_by = session_user THEN
            PERFORM iduo.refuse('Ese chat ya lo atendés.');
        ELSIF c.state = 'attended' THEN
            PERFORM iduo.refuse(format('Ese chat lo tomó %s.', iduo.name_of(c.attended_by)));
        ELSIF c.asked_for <> session_user AND NOT iduo.may('coordinator') THEN
            PERFORM iduo.refuse(format('Ese chat es para %s.', iduo.name_of(c.asked_for)));
        ELSIF (SELECT count(*) FROM iduo.chat x WHERE x.attended_by = session_user AND x.state = 'attended') >= iduo.setting('chats_at_once')::integer THEN
            PERFORM iduo.refuse(format('Ya atendés %s chats: terminá o pasá uno.', iduo.setting('chats_at_once')));
        END IF;
        PERFORM set_config('synchronous_commit', 'on', true);
        INSERT INTO iduo.call (direction, state, starts_at, by, caller, search_key, company_keyed, pbx_id, key, payload_hash)
        VALUES ('inbound', 'held', clock_timestamp(), session_user, left(c.name, 60), '', c.company_keyed, format('chat:%s', c.id), p_key, v_hash)
        RETURNING * INTO v_call;
        UPDATE iduo.chat x SET state = 'attended', attended_by = session_user, attended_at = clock_timestamp(), call_id = v_call.id, asked_for = NULL,
            offered_at = NULL, waits_since = coalesce(x.waits_since, clock_timestamp()),
            lines = (iduo.add_chat_line(c, 'system', format('Le atiende %s.', iduo.chat_name(session_user)), p_key, v_hash)).seq
        WHERE x.id = c.id;
    END IF;
    RETURN QUERY SELECT p_chat, v_call.id, replayed;
END $$;

-- Writes to the visitor. Nothing is written into a chat that is over. What was written stays written, also where the chat has gone on meanwhile.
CREATE FUNCTION api.say_in_chat(p_chat bigint, p_text text, p_key uuid)
RETURNS TABLE (seq integer, at timestamptz, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('say in chat', session_user::text, p_text);
    c iduo.chat;
    l iduo.chat_line;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    c := iduo.lock_chat(p_chat);
    l := iduo.line_of_key(p_chat, p_key, v_hash);
    replayed := l.id IS NOT NULL;
    IF NOT replayed THEN
        PERFORM iduo.need_own_chat(c);
        IF c.state = 'ended' THEN
            PERFORM iduo.refuse('Ese chat ya terminó: lo que escribiste no le llega.');
        END IF;
        l := iduo.add_chat_line(c, 'operator', iduo.need('text', p_text, 'Escribí un mensaje.', 2000), p_key, v_hash);
        UPDATE iduo.chat x SET lines = l.seq, waits_since = NULL, offered_at = NULL, answered_at = coalesce(x.answered_at, l.at) WHERE x.id = p_chat;
        UPDATE iduo.chat_presence p SET staff_read = c.lines WHERE p.chat_id = p_chat AND p.staff_read < c.lines;
    END IF;
    RETURN QUERY SELECT l.seq, l.at, replayed;
END $$;

-- Up to which line it was read.
CREATE FUNCTION api.read_chat(p_chat bigint, p_seq integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    UPDATE iduo.chat_presence p SET staff_read = least(p_seq, c.lines) FROM iduo.chat c
    WHERE c.id = p_chat AND c.attended_by = session_user AND p.chat_id = c.id AND p.staff_read < least(p_seq, c.lines);
END $$;

-- Who it turned out to be. The person is locked before the chat, as where two persons become one.
CREATE FUNCTION api.identify_chat(p_chat bigint, p_company bigint, p_contact bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    c iduo.chat;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    p_contact := iduo.hold_who_stayed(p_contact);
    c := iduo.lock_chat(p_chat);
    PERFORM iduo.need_own_chat(c);
    IF p_company IS NOT NULL AND NOT EXISTS (SELECT FROM iduo.company o WHERE o.id = p_company) THEN
        PERFORM iduo.refuse_field('company', 'Esa empresa no existe.');
    END IF;
    UPDATE iduo.chat x SET company_id = p_company, contact_id = p_contact
    WHERE x.id = p_chat AND (x.company_id IS DISTINCT FROM p_company OR x.contact_id IS DISTINCT FROM p_contact);
    IF FOUND THEN  -- the list of one's chats names them from now on, and is not counted
        PERFORM iduo.count_rows_read(num_nonnulls(p_company, p_contact));
    END IF;
    UPDATE iduo.call k SET contact_id = p_contact WHERE k.id = c.call_id AND k.contact_id IS DISTINCT FROM p_contact;
END $$;

-- Whoever this person is now, so that he is not merged meanwhile.
CREATE OR REPLACE FUNCTION iduo.hold_who_stayed(p_contact bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_into bigint;
BEGIN
    WHILE p_contact IS NOT NULL LOOP
        SELECT n.merged_into INTO v_into FROM iduo.contact n WHERE n.id = p_contact FOR KEY SHARE;
        IF NOT FOUND THEN
            PERFORM iduo.refuse_field('contact', 'Esa persona ya no está: buscala de nuevo.');
        END IF;
        EXIT WHEN v_into IS NULL;
        p_contact := v_into;
    END LOOP;
    RETURN p_contact;
END $$;

-- Hands it on, to somebody or to whoever is in; it keeps its place in the queue. One's own call is over.
CREATE FUNCTION api.hand_on_chat(p_chat bigint, p_to text, p_note text, p_key uuid)
RETURNS TABLE (chat_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('hand on chat', session_user::text, p_to, p_note);
    c iduo.chat;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    c := iduo.lock_chat(p_chat);
    replayed := (iduo.line_of_key(p_chat, p_key, v_hash)).id IS NOT NULL;
    IF NOT replayed THEN
        p_note := iduo.need('note', p_note, 'Escribí qué pasó y qué falta, para quien siga.', 500);
        PERFORM iduo.need_own_chat(c);
        IF c.state = 'ended' THEN
            PERFORM iduo.refuse('Ese chat ya terminó.');
        ELSIF p_to = session_user OR p_to IS NOT NULL AND NOT EXISTS (
            SELECT FROM iduo.staff s WHERE s.login = p_to AND s.active AND NOT s.service AND iduo.roles_of(s.login) && ARRAY['operator', 'coordinator']) THEN
            PERFORM iduo.refuse_field('to', 'Elegí a quién se lo pasás.');
        ELSIF EXISTS (SELECT FROM iduo.pause p WHERE p.login = p_to AND p.ended_at IS NULL) THEN
            PERFORM iduo.refuse_field('to', format('%s está en pausa: elegí a otra persona.', iduo.name_of(p_to)));
        END IF;
        UPDATE iduo.call k SET ended_at = greatest(clock_timestamp(), k.starts_at), outcome = 'handed_on', note = p_note WHERE k.id = c.call_id AND k.ended_at IS NULL;
        UPDATE iduo.chat x SET state = 'waiting', asked_for = p_to, handed_by = session_user, handed_note = p_note, attended_by = NULL, attended_at = NULL,
            call_id = NULL, waits_since = coalesce(x.waits_since, clock_timestamp()),
            lines = (iduo.add_chat_line(c, 'system', 'Le pasamos con otra persona, un momento por favor.', p_key, v_hash)).seq
        WHERE x.id = p_chat;
    END IF;
    RETURN QUERY SELECT p_chat, replayed;
END $$;

-- Ends it, or settles one that the visitor ended. The outcome is that of its call: the same one again changes nothing, another one is refused.
CREATE FUNCTION api.end_chat(p_chat bigint, p_outcome text, p_note text, p_key uuid)
RETURNS TABLE (chat_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    c iduo.chat;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    ELSIF p_outcome = 'handed_on' THEN
        PERFORM iduo.refuse_field('outcome', 'Para que siga otra persona, pasale el chat.');
    END IF;
    c := iduo.lock_chat(p_chat);
    PERFORM iduo.need_own_chat(c);
    replayed := c.state = 'ended' AND EXISTS (SELECT FROM iduo.call k WHERE k.id = c.call_id AND k.outcome = p_outcome);
    PERFORM api.end_call(c.call_id, p_outcome, p_note, p_key);
    IF c.state <> 'ended' THEN
        PERFORM iduo.end_chat_of(c, 'operator', 'La conversación terminó. Gracias por comunicarse.');
    END IF;
    RETURN QUERY SELECT p_chat, replayed;
END $$;

-- Who may go on with a chat: whoever is in and not in a pause, and how many each attends.
CREATE FUNCTION api.chat_colleagues()
RETURNS TABLE (login text, full_name text, chats integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    RETURN QUERY SELECT s.login, s.full_name, (SELECT count(*)::integer FROM iduo.chat c WHERE c.attended_by = s.login AND c.state = 'attended')
        FROM iduo.here() h JOIN iduo.staff s ON s.login = h.login
        WHERE s.active AND s.login <> session_user AND iduo.roles_of(s.login) && ARRAY['operator', 'coordinator']
          AND NOT EXISTS (SELECT FROM iduo.pause p WHERE p.login = s.login AND p.ended_at IS NULL)
        ORDER BY 3, s.full_name;
END $$;

-- How the queue is: for the ring, and for coordinators.
CREATE FUNCTION api.chat_queue()
RETURNS TABLE (waiting integer, for_me integer, longest_wait_since timestamptz, attended integer, unanswered integer, ended_today integer,
               left_today integer, running boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_today timestamptz;
    v_patience interval;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    v_today := iduo.midnight(iduo.today());
    v_patience := make_interval(mins => iduo.setting('chat_unanswered_minutes')::integer);
    RETURN QUERY
        WITH going AS MATERIALIZED (SELECT c.state, c.asked_for, c.queued_at, c.waits_since FROM iduo.chat c WHERE c.state <> 'ended')
        SELECT count(*) FILTER (WHERE g.state = 'waiting')::integer, count(*) FILTER (WHERE g.state = 'waiting' AND (g.asked_for IS NULL OR g.asked_for = session_user))::integer,
            min(g.queued_at) FILTER (WHERE g.state = 'waiting'), count(*) FILTER (WHERE g.state = 'attended')::integer,
            count(*) FILTER (WHERE g.state = 'attended' AND g.waits_since < clock_timestamp() - v_patience)::integer,
            (SELECT count(*)::integer FROM iduo.chat c WHERE c.at >= v_today AND c.state = 'ended' AND c.answered_at IS NOT NULL),
            (SELECT count(*)::integer FROM iduo.chat c WHERE c.at >= v_today AND c.state = 'ended' AND c.answered_at IS NULL AND c.ended_by <> 'message'),
            EXISTS (SELECT FROM iduo.heartbeat h WHERE h.service = 'chat' AND h.beat_at > clock_timestamp() - interval '40 s')
        FROM going g;
END $$;

-- What each variable stands for in a chat. What only the client himself may hear (plan, debt, dates) is not known: nobody has proved who writes.
CREATE OR REPLACE FUNCTION iduo.chat_values(c iduo.chat) RETURNS TABLE (place integer, name text, said text)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$  -- what it calls is made later
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT v.place, v.name, nullif(btrim(translate(CASE v.name
        WHEN 'cliente' THEN coalesce(nullif(concat_ws(' ', nullif(n.names, ''), n.surname), ''), c.name)
        WHEN 'nombre' THEN coalesce(nullif(n.names, ''), c.name)
        WHEN 'apellido' THEN n.surname
        WHEN 'número' THEN o.number::text
        WHEN 'ticket' THEN (SELECT iduo.spoken_number(t.number, iduo.check_digit(t.number)) FROM iduo.ticket t WHERE t.call_id = c.call_id ORDER BY t.id DESC LIMIT 1)
        WHEN 'operador' THEN iduo.chat_name(session_user)
        WHEN 'organización' THEN iduo.setting('organisation')
        WHEN 'fecha' THEN to_char(iduo.today(), 'DD/MM/YYYY') END, '{}', '()')), '')
    FROM iduo.variables() v LEFT JOIN iduo.company o ON o.id = c.company_id LEFT JOIN iduo.contact n ON n.id = c.contact_id;
END $$;

-- A canned answer for one's own chat; what is not known is named, never left in.
CREATE FUNCTION api.fill_chat_template(p_template integer, p_chat bigint)
RETURNS TABLE (subject text, text text, missing text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_template iduo.template;
    v_names text[];
    v_said text[];
    c iduo.chat;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT * INTO v_template FROM iduo.template t WHERE t.id = p_template AND t.active AND t.channel = 'chat';
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa plantilla ya no está.');
    END IF;
    SELECT * INTO c FROM iduo.chat x WHERE x.id = p_chat;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese chat no existe.');
    END IF;
    PERFORM iduo.need_own_chat(c);
    SELECT array_agg(iduo.fold(v.name) ORDER BY v.place), array_agg(v.said ORDER BY v.place) INTO v_names, v_said FROM iduo.chat_values(c) v;
    subject := '';
    text := iduo.put_in(v_template.text, v_names, v_said);
    missing := ARRAY(SELECT v.name FROM unnest(iduo.braces(v_template.text)) WITH ORDINALITY AS b(name, n)
                     JOIN iduo.variables() v ON iduo.fold(v.name) = iduo.fold(b.name)
                     WHERE v_said[array_position(v_names, iduo.fold(b.name))] IS NULL GROUP BY v.name ORDER BY min(b.n));
    RETURN NEXT;
    PERFORM iduo.count_rows_read(1);
END $$;

GRANT EXECUTE ON FUNCTION api.chats, api.take_chat, api.say_in_chat, api.read_chat, api.identify_chat, api.hand_on_chat, api.end_chat,
    api.chat_colleagues, api.fill_chat_template TO iduo_operator, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.chat_queue, api.chat_lines TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
