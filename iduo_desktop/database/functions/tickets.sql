-- Tickets: a message gets its number, is insisted on, and its answer is read to the caller.
-- Each command leaves an event; its key makes asking again harmless.
SET LOCAL ROLE iduo_owner;

-- The event that this key left on the ticket before, or nothing. A key of somebody else, or with other contents, is refused.
CREATE OR REPLACE FUNCTION iduo.ticket_replayed(p_ticket bigint, p_key uuid, p_hash bytea) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    r iduo.ticket_event;
BEGIN
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    SELECT * INTO r FROM iduo.ticket_event e WHERE e.key = p_key ORDER BY e.ticket_id = p_ticket DESC LIMIT 1;
    IF FOUND AND (r."by" <> session_user OR r.payload_hash IS DISTINCT FROM p_hash) THEN
        RAISE EXCEPTION 'Ese pedido ya se hizo con otros datos.' USING ERRCODE = '23505';
    END IF;
    RETURN CASE WHEN r.ticket_id = p_ticket THEN r.id END;
END $$;

CREATE OR REPLACE FUNCTION iduo.add_ticket_event(p_ticket bigint, p_kind text, p_text text, p_version integer, p_key uuid, p_hash bytea) RETURNS bigint
LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO iduo.ticket_event (ticket_id, kind, by, text, version_after, key, payload_hash)
    VALUES (p_ticket, p_kind, session_user, coalesce(p_text, ''), p_version, p_key, p_hash) RETURNING id
$$;

-- Lock an existing ticket; the row as it is now.
CREATE OR REPLACE FUNCTION iduo.lock_ticket(p_ticket bigint) RETURNS iduo.ticket
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_ticket iduo.ticket;
BEGIN
    SELECT * INTO v_ticket FROM iduo.ticket t WHERE t.id = p_ticket FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese ticket no existe.');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    RETURN v_ticket;
END $$;

-- What is done with a ticket while one is on the telephone belongs to that call: the one that is named, else one's newest that goes on.
CREATE OR REPLACE FUNCTION iduo.link_call(p_ticket bigint, p_how text, p_call bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF p_call IS NOT NULL AND NOT EXISTS (SELECT FROM iduo.call c WHERE c.id = p_call AND c.by = session_user) THEN
        PERFORM iduo.refuse('Esa llamada no es tuya.');
    END IF;
    INSERT INTO iduo.call_ticket (call_id, ticket_id, how)
    SELECT c.id, p_ticket, p_how FROM iduo.call c
    WHERE c.by = session_user AND CASE WHEN p_call IS NOT NULL THEN c.id = p_call
        ELSE c.ended_at IS NULL AND c.finished_at IS NULL AND c.state = 'held' AND c.starts_at > clock_timestamp() - interval '4 hours' END
    ORDER BY c.starts_at DESC LIMIT 1 ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION api.communicate_ticket(p_ticket bigint, p_to text, p_version integer, p_key uuid, p_call bigint DEFAULT NULL)
RETURNS TABLE (event bigint, ticket_id bigint, state text, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('communicate', p_ticket::text, p_to, p_version::text, p_call::text);
    v_ticket iduo.ticket;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    p_to := iduo.need('to', p_to, '¿A quién se la leíste?', 120);
    v_ticket := iduo.lock_ticket(p_ticket);
    event := iduo.ticket_replayed(p_ticket, p_key, v_hash);
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        IF v_ticket.state = 'communicated' THEN
            PERFORM iduo.refuse(format('%s ya se la leyó a %s %s.', iduo.name_of(v_ticket.communicated_by), v_ticket.communicated_to,
                                       iduo.spoken(v_ticket.communicated_at)));
        ELSIF v_ticket.state <> 'awaiting_communication' THEN
            PERFORM iduo.refuse('Todavía no tiene respuesta.');
        ELSIF v_ticket.version IS DISTINCT FROM p_version THEN
            PERFORM iduo.refuse('El ticket cambió mientras lo tenías abierto: mirá la respuesta de nuevo antes de leerla.');
        END IF;
        UPDATE iduo.ticket t SET state = 'communicated', communicated_at = clock_timestamp(), communicated_by = session_user,
            communicated_to = p_to, version = t.version + 1 WHERE t.id = p_ticket RETURNING t.* INTO v_ticket;
        event := iduo.add_ticket_event(p_ticket, 'communicated', p_to, v_ticket.version, p_key, v_hash);
        PERFORM iduo.link_call(p_ticket, 'communicated', p_call);
    END IF;
    RETURN QUERY SELECT event, v_ticket.id, v_ticket.state, v_ticket.version, replayed;
END $$;

CREATE FUNCTION api.insist_ticket(p_ticket bigint, p_remark text, p_key uuid, p_call bigint DEFAULT NULL)
RETURNS TABLE (event bigint, ticket_id bigint, state text, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('insist', p_ticket::text, p_remark, p_call::text);
    v_ticket iduo.ticket;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    p_remark := iduo.need('remark', p_remark, 'Escribí qué dice ahora.', 2000);
    v_ticket := iduo.lock_ticket(p_ticket);
    event := iduo.ticket_replayed(p_ticket, p_key, v_hash);
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        IF v_ticket.state = 'awaiting_communication' THEN
            PERFORM iduo.refuse('Ya tiene respuesta: leésela. Si no le sirve, devolvela con el motivo.');
        ELSIF v_ticket.state = 'communicated' THEN
            PERFORM iduo.refuse('Ya se le comunicó la respuesta: tomale un mensaje nuevo.');
        END IF;
        UPDATE iduo.ticket t SET insisted = t.insisted + 1, version = t.version + 1 WHERE t.id = p_ticket RETURNING t.* INTO v_ticket;
        event := iduo.add_ticket_event(p_ticket, 'insisted', p_remark, v_ticket.version, p_key, v_hash);
        PERFORM iduo.link_call(p_ticket, 'insisted', p_call);
    END IF;
    RETURN QUERY SELECT event, v_ticket.id, v_ticket.state, v_ticket.version, replayed;
END $$;

-- Take back that one communicated: within five minutes, when nobody touched the ticket since.
CREATE FUNCTION api.undo_ticket(p_event bigint)
RETURNS TABLE (event bigint, ticket_id bigint, state text, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_event iduo.ticket_event;
    v_ticket iduo.ticket;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT * INTO v_event FROM iduo.ticket_event e WHERE e.id = p_event AND e.by = session_user;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Solo podés deshacer lo que hiciste vos.');
    END IF;
    v_ticket := iduo.lock_ticket(v_event.ticket_id);
    SELECT * INTO v_event FROM iduo.ticket_event e WHERE e.id = p_event;
    replayed := v_event.undone_at IS NOT NULL;
    IF NOT replayed THEN
        IF v_event.kind <> 'communicated' THEN
            PERFORM iduo.refuse('Eso no se puede deshacer.');
        ELSIF v_event.at < clock_timestamp() - interval '5 minutes' THEN
            PERFORM iduo.refuse('Ya pasaron más de 5 minutos: no se puede deshacer.');
        ELSIF v_ticket.version <> v_event.version_after THEN
            PERFORM iduo.refuse('El ticket cambió después: ya no se puede deshacer.');
        END IF;
        UPDATE iduo.ticket t SET state = 'awaiting_communication', communicated_at = NULL, communicated_by = NULL, communicated_to = '',
            version = t.version + 1 WHERE t.id = v_ticket.id RETURNING t.* INTO v_ticket;
        UPDATE iduo.ticket_event e SET undone_at = clock_timestamp() WHERE e.id = p_event;
        DELETE FROM iduo.call_ticket k USING iduo.call c
            WHERE k.ticket_id = v_ticket.id AND k.how = 'communicated' AND c.id = k.call_id AND c.by = session_user;
    END IF;
    RETURN QUERY SELECT p_event, v_ticket.id, v_ticket.state, v_ticket.version, replayed;
END $$;

GRANT EXECUTE ON FUNCTION api.communicate_ticket, api.insist_ticket, api.undo_ticket TO iduo_operator, iduo_coordinator;
RESET ROLE;
