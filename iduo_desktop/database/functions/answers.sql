-- The back office: who answers takes messages into work, answers one or many, sends an answer back, leaves notes.
SET LOCAL ROLE iduo_owner;

CREATE OR REPLACE FUNCTION iduo.answers() RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT iduo.may('answerer') OR iduo.may('coordinator') AND iduo.setting('coordinators_answer')::boolean
$$;

CREATE OR REPLACE FUNCTION iduo.need_answerer() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    IF NOT iduo.answers() THEN
        PERFORM iduo.refuse('Acá responden los respondedores.');
    END IF;
END $$;

CREATE FUNCTION api.take_ticket(p_ticket bigint, p_key uuid)
RETURNS TABLE (event bigint, ticket_id bigint, state text, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('take', p_ticket::text);
    v_ticket iduo.ticket;
BEGIN
    PERFORM iduo.require('answerer', 'coordinator');
    PERFORM iduo.need_answerer();
    v_ticket := iduo.lock_ticket(p_ticket);
    event := iduo.ticket_replayed(p_ticket, p_key, v_hash);
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        IF v_ticket.state <> 'open' THEN
            PERFORM iduo.refuse(format('Ya está %s.', iduo.state_label(v_ticket.state)));
        END IF;
        UPDATE iduo.ticket t SET state = 'awaiting_answer', version = t.version + 1 WHERE t.id = p_ticket RETURNING t.* INTO v_ticket;
        event := iduo.add_ticket_event(p_ticket, 'taken', '', v_ticket.version, p_key, v_hash);
    END IF;
    RETURN QUERY SELECT event, v_ticket.id, v_ticket.state, v_ticket.version, replayed;
END $$;

-- The same text for one or many, in the order of their numbers; one that somebody holds does not stop the others.
CREATE FUNCTION api.answer_tickets(p_tickets bigint[], p_text text, p_key uuid)
RETURNS TABLE (ticket_id bigint, number bigint, outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('answer', p_tickets::text, p_text);
BEGIN
    PERFORM iduo.require('answerer', 'coordinator');
    PERFORM iduo.need_answerer();
    p_text := iduo.need('answer', p_text, 'Escribí la respuesta.', 4000);
    IF coalesce(cardinality(p_tickets), 0) NOT BETWEEN 1 AND 500 THEN
        PERFORM iduo.refuse('Elegí de 1 a 500 tickets.');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    FOR ticket_id IN SELECT DISTINCT x FROM unnest(p_tickets) x WHERE x IS NOT NULL ORDER BY x LOOP
        SELECT a.number, a.outcome INTO number, outcome FROM iduo.answer_ticket(ticket_id, p_text, p_key, v_hash) a;
        RETURN NEXT;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION iduo.answer_ticket(p_ticket bigint, p_text text, p_key uuid, p_hash bytea, OUT number bigint, OUT outcome text)
LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_ticket iduo.ticket;
BEGIN
    SELECT * INTO v_ticket FROM iduo.ticket t WHERE t.id = p_ticket FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT t.number INTO number FROM iduo.ticket t WHERE t.id = p_ticket;
        outcome := CASE WHEN FOUND THEN 'busy' ELSE 'unknown' END;
        RETURN;
    END IF;
    number := v_ticket.number;
    IF iduo.ticket_replayed(p_ticket, p_key, p_hash) IS NOT NULL THEN
        outcome := 'answered';
    ELSIF v_ticket.state IN ('open', 'awaiting_answer') THEN
        UPDATE iduo.ticket t SET state = 'awaiting_communication', answer = p_text, answered_at = clock_timestamp(), answered_by = session_user,
            version = t.version + 1 WHERE t.id = p_ticket;
        PERFORM iduo.add_ticket_event(p_ticket, 'answered', p_text, v_ticket.version + 1, p_key, p_hash);
        outcome := 'answered';
    ELSE
        outcome := CASE WHEN v_ticket.answer = p_text THEN 'same' ELSE 'wrong_state' END;
    END IF;
END $$;

-- An answer that does not serve: it stays in the history, and the ticket waits for another one; what went out in a batch goes out again.
CREATE FUNCTION api.send_back_ticket(p_ticket bigint, p_reason text, p_key uuid)
RETURNS TABLE (event bigint, ticket_id bigint, state text, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('send back', p_ticket::text, p_reason);
    v_ticket iduo.ticket;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'answerer');
    p_reason := iduo.need('reason', p_reason, 'Escribí por qué no sirve la respuesta.', 1000);
    v_ticket := iduo.lock_ticket(p_ticket);
    event := iduo.ticket_replayed(p_ticket, p_key, v_hash);
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        IF v_ticket.state <> 'awaiting_communication' THEN
            PERFORM iduo.refuse(format('No se puede devolver: está %s.', iduo.state_label(v_ticket.state)));
        END IF;
        UPDATE iduo.ticket t SET state = 'awaiting_answer', answer = '', answered_at = NULL, answered_by = NULL, sent_insisted = NULL,
            version = t.version + 1
            WHERE t.id = p_ticket RETURNING t.* INTO v_ticket;
        event := iduo.add_ticket_event(p_ticket, 'sent_back', p_reason, v_ticket.version, p_key, v_hash);
    END IF;
    RETURN QUERY SELECT event, v_ticket.id, v_ticket.state, v_ticket.version, replayed;
END $$;

-- A note changes nothing of the ticket: whoever reads the answer at that moment is not disturbed.
CREATE FUNCTION api.note_ticket(p_ticket bigint, p_text text, p_key uuid)
RETURNS TABLE (event bigint, ticket_id bigint, state text, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('note', p_ticket::text, p_text);
    v_ticket iduo.ticket;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'answerer');
    p_text := iduo.need('note', p_text, 'Escribí la nota.', 2000);
    v_ticket := iduo.lock_ticket(p_ticket);
    event := iduo.ticket_replayed(p_ticket, p_key, v_hash);
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        event := iduo.add_ticket_event(p_ticket, 'note', p_text, v_ticket.version, p_key, v_hash);
    END IF;
    RETURN QUERY SELECT event, v_ticket.id, v_ticket.state, v_ticket.version, replayed;
END $$;

GRANT EXECUTE ON FUNCTION api.take_ticket, api.answer_tickets TO iduo_answerer, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.send_back_ticket, api.note_ticket TO iduo_operator, iduo_coordinator, iduo_answerer;
RESET ROLE;
