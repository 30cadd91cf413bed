-- Undo: one's own last move of a case, within five minutes, when nobody touched the case since.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.undo_case(p_event bigint)
RETURNS TABLE (case_id bigint, kind text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_event iduo.case_event;
    v_case iduo.case;
    v_old iduo.case;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT * INTO v_event FROM iduo.case_event e WHERE e.id = p_event AND e.by = session_user;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Solo podés deshacer lo que hiciste vos.');
    END IF;
    IF v_event.kind IN ('released', 'closed', 'extended') THEN
        PERFORM FROM iduo.staff s WHERE s.login = session_user FOR NO KEY UPDATE;
        PERFORM iduo.lock_client_of(v_event.case_id);
    END IF;
    v_case := iduo.lock_case(v_event.case_id);
    SELECT * INTO v_event FROM iduo.case_event e WHERE e.id = p_event;
    case_id := v_event.case_id;
    kind := v_event.kind;
    IF v_event.undone_at IS NOT NULL THEN
        RETURN NEXT;
        RETURN;
    ELSIF v_event.kind NOT IN ('taken', 'released', 'moved', 'attempt', 'closed', 'survey', 'rated', 'extended') THEN
        PERFORM iduo.refuse('Eso no se puede deshacer.');
    ELSIF v_event.at < clock_timestamp() - interval '5 minutes' THEN
        PERFORM iduo.refuse('Ya pasaron más de 5 minutos: no se puede deshacer.');
    ELSIF v_case.version <> v_event.version_after THEN
        PERFORM iduo.refuse('El caso cambió después: ya no se puede deshacer.');
    ELSIF v_event.kind = 'closed' AND v_case.collection AND EXISTS (
        SELECT FROM iduo.case c WHERE c.company_id = v_case.company_id AND c.state = 'open' AND c.collection) THEN
        PERFORM iduo.refuse('El cliente ya tiene otro caso abierto: no se puede deshacer.');
    ELSIF v_event.kind IN ('released', 'closed') AND v_event.before ->> 'assigned_to' = session_user THEN
        PERFORM iduo.need_room(NULL);
    END IF;
    v_old := jsonb_populate_record(v_case, v_event.before);
    IF iduo.risk_rank(v_old.risk) < iduo.risk_rank(v_case.risk) AND NOT iduo.may('coordinator') THEN
        PERFORM iduo.refuse('Solo un coordinador baja un riesgo: pedíselo.');
    END IF;
    IF v_event.kind = 'taken' THEN
        -- it may have lapsed in another's hands: it was free
        v_old.assigned_to := NULL;
        v_old.assigned_at := NULL;
    END IF;
    UPDATE iduo.case c SET (list, state, assigned_to, assigned_at, touched_at, last_contact_at, next_action_at, attempts, calls, whatsapps,
            emails, sms, chats, move_reason, move_until, closed_at, closed_by, closing_reason, closing_status, priority, risk) =
        ROW (v_old.list, v_old.state, v_old.assigned_to, v_old.assigned_at, v_old.touched_at, v_old.last_contact_at, v_old.next_action_at,
            v_old.attempts, v_old.calls, v_old.whatsapps, v_old.emails, v_old.sms, v_old.chats, v_old.move_reason, v_old.move_until,
            v_old.closed_at, v_old.closed_by, v_old.closing_reason, v_old.closing_status, v_old.priority, v_old.risk),
        version = v_case.version + 1 WHERE c.id = v_case.id;
    IF v_event.kind = 'extended' THEN
        PERFORM iduo.undo_extension(p_event);
    END IF;
    PERFORM iduo.unfollow_result(p_event);
    PERFORM iduo.undo_message(p_event);
    UPDATE iduo.attempt a SET undone_at = clock_timestamp() WHERE a.event_id = p_event;
    UPDATE iduo.promise p SET state = 'undone' WHERE p.attempt_id IN (SELECT a.id FROM iduo.attempt a WHERE a.event_id = p_event);
    UPDATE iduo.closing g SET undone_at = clock_timestamp() WHERE g.event_id = p_event;
    UPDATE iduo.survey_answer s SET undone_at = clock_timestamp() WHERE s.event_id = p_event;
    UPDATE iduo.case_event e SET undone_at = clock_timestamp() WHERE e.id = p_event;
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION api.undo_case TO iduo_operator, iduo_coordinator;
RESET ROLE;
