-- Contacts made with a client: counted by channel, and the client goes to the end of his list.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.log_attempt(p_case bigint, p_channel text, p_direction text, p_address text, p_disposition integer, p_note text,
                                p_promise_amount numeric, p_promise_date date, p_callback_at timestamptz, p_override_reason text, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, attempt_id bigint, level integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('attempt', p_case::text, p_channel, p_direction, p_address, p_disposition::text, p_note,
                              p_promise_amount::text, p_promise_date::text, p_callback_at::text, p_override_reason);
    v_case iduo.case;
    v_result iduo.disposition;
    v_now timestamptz := clock_timestamp();
    v_counted boolean;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT * INTO v_result FROM iduo.disposition d WHERE d.id = p_disposition AND d.active;
    IF EXISTS (SELECT FROM iduo.case_event e WHERE e.key = p_key) THEN
        NULL;  -- what was done is not judged again: meanwhile the promised day may be over, or the result out of use
    ELSIF v_result.id IS NULL THEN
        PERFORM iduo.refuse_field('disposition', 'Elegí el resultado.');
    ELSIF p_channel IS NULL OR p_channel NOT IN ('call', 'whatsapp', 'email', 'sms', 'chat') THEN
        PERFORM iduo.refuse_field('channel', 'Elegí el medio.');
    ELSIF p_direction IS NULL OR p_direction NOT IN ('outbound', 'inbound') THEN
        PERFORM iduo.refuse_field('direction', 'Decí quién se comunicó.');
    ELSIF length(p_note) > 2000 THEN
        PERFORM iduo.refuse_field('note', 'La nota es demasiado larga: como mucho 2000 caracteres.');
    ELSIF v_result.promise AND p_promise_date IS NULL THEN
        PERFORM iduo.refuse_field('promise_date', '¿Para cuándo promete pagar?');
    ELSIF p_promise_amount < 0.01 OR p_promise_amount > 999999999999 OR p_promise_amount = 'NaN' THEN
        PERFORM iduo.refuse_field('promise_amount', 'El importe tiene que ser mayor que cero.');
    ELSIF p_promise_date < iduo.today() THEN
        PERFORM iduo.refuse_field('promise_date', 'Esa fecha ya pasó.');
    ELSIF p_promise_date > iduo.today() + 366 OR p_callback_at > v_now + interval '366 days' THEN
        PERFORM iduo.refuse_field(CASE WHEN p_callback_at IS NULL THEN 'promise_date' ELSE 'callback_at' END, 'Como mucho dentro de un año.');
    ELSIF v_result.callback AND p_callback_at IS NULL THEN
        PERFORM iduo.refuse_field('callback_at', '¿Cuándo hay que volver a llamar?');
    ELSIF p_callback_at < v_now - interval '1 minute' THEN
        PERFORM iduo.refuse_field('callback_at', 'Esa hora ya pasó.');
    END IF;
    -- two operators with two cases of one client are counted one after the other
    PERFORM iduo.lock_client_of(p_case);
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    case_id := p_case;
    replayed := event IS NOT NULL;
    IF replayed THEN
        SELECT a.id INTO attempt_id FROM iduo.attempt a WHERE a.event_id = event;
    ELSE
        PERFORM iduo.need_own(v_case, true);
        v_counted := NOT iduo.counted_with_promotion(p_case, p_direction);
        IF v_counted AND p_direction = 'outbound' THEN
            p_override_reason := iduo.need_allowed(v_case.company_id, v_case.contact_id, p_address, p_channel, '', p_override_reason);
            v_now := clock_timestamp();  -- it may have waited for another contact with the same number
        END IF;
        event := iduo.add_event(v_case, 'attempt', v_result.label
                || coalesce(' $ ' || iduo.money(p_promise_amount), '') || coalesce(' para el ' || to_char(p_promise_date, 'DD/MM/YYYY'), '')
                || coalesce(', volver a llamar el ' || to_char(p_callback_at AT TIME ZONE 'America/Argentina/Buenos_Aires', 'DD/MM "a las" HH24:MI'), ''), p_note, p_key, v_hash);
        INSERT INTO iduo.attempt (event_id, case_id, company_id, channel, direction, address, disposition_id, note, override_reason, at, by, counted)
        VALUES (event, p_case, v_case.company_id, p_channel, p_direction, left(coalesce(p_address, ''), 254), p_disposition,
                coalesce(p_note, ''), left(coalesce(p_override_reason, ''), 500), v_now, session_user, v_counted) RETURNING id INTO attempt_id;
        PERFORM iduo.follow_result(attempt_id);
        IF v_result.promise THEN
            INSERT INTO iduo.promise (case_id, attempt_id, amount, due_date, debt_before)
            VALUES (p_case, attempt_id, p_promise_amount, p_promise_date, v_case.debt);
        END IF;
        UPDATE iduo.case c SET last_contact_at = v_now, touched_at = v_now, attempts = c.attempts + v_counted::integer, version = c.version + 1,
            calls = c.calls + (v_counted AND p_channel = 'call')::integer, whatsapps = c.whatsapps + (v_counted AND p_channel = 'whatsapp')::integer,
            emails = c.emails + (v_counted AND p_channel = 'email')::integer, sms = c.sms + (v_counted AND p_channel = 'sms')::integer,
            chats = c.chats + (v_counted AND p_channel = 'chat')::integer,
            -- what was due is done; a promise comes back the morning after its day
            next_action_at = CASE WHEN p_callback_at IS NOT NULL THEN p_callback_at
                WHEN v_result.promise THEN iduo.promise_wakes(p_promise_date)
                WHEN c.next_action_at > v_now THEN c.next_action_at END
        WHERE c.id = p_case;
    END IF;
    level := coalesce((SELECT p.level FROM iduo.pressure_of(v_case.company_id, v_case.contact_id) p), 0);
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION iduo.money(p_amount numeric) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT translate(to_char(p_amount, 'FM999,999,999,990.00'), ',.', '.,')
$$;

GRANT EXECUTE ON FUNCTION api.log_attempt TO iduo_operator, iduo_coordinator;
RESET ROLE;
