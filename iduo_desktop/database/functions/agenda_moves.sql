-- What becomes of an item: done, put off, moved, and one's own last of these taken back. Each leaves an event, whose key makes asking again harmless.
SET LOCAL ROLE iduo_owner;

-- An item that is locked, whatever kind it is; the case is locked before its call. A promise and a callback are their case's.
CREATE OR REPLACE FUNCTION iduo.lock_item(p_kind text, p_id bigint, OUT call_id bigint, OUT task_id bigint, OUT case_id bigint, OUT due_at timestamptz,
                                          OUT rings_at timestamptz, OUT open boolean, OUT version integer, OUT finished text, OUT about_case bigint)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_call iduo.call;
    v_task iduo.task;
    v_case iduo.case;
BEGIN
    IF p_kind = 'call' THEN
        SELECT c.case_id INTO about_case FROM iduo.call c WHERE c.id = p_id;
        PERFORM FROM iduo.case c WHERE c.id = about_case FOR NO KEY UPDATE;
        SELECT * INTO v_call FROM iduo.call c WHERE c.id = p_id FOR NO KEY UPDATE;
        SELECT v_call.id, v_call.starts_at, v_call.rings_at, v_call.state = 'planned', v_call.version,
               iduo.said_done(v_call.finished_by, v_call.finished_at, v_call.state = 'held') INTO call_id, due_at, rings_at, open, version, finished;
    ELSIF p_kind = 'task' THEN
        SELECT * INTO v_task FROM iduo.task t WHERE t.id = p_id FOR NO KEY UPDATE;
        SELECT v_task.id, v_task.due_at, v_task.rings_at, v_task.state = 'open', v_task.version, v_task.case_id,
               iduo.said_done(v_task.finished_by, v_task.finished_at, v_task.state = 'done') INTO task_id, due_at, rings_at, open, version, about_case, finished;
    ELSIF p_kind IN ('callback', 'promise') THEN
        v_case := iduo.lock_case(CASE p_kind WHEN 'callback' THEN p_id ELSE (SELECT p.case_id FROM iduo.promise p WHERE p.id = p_id) END);
        SELECT v_case.id, v_case.next_action_at, r.until, v_case.state = 'open' AND v_case.next_action_at IS NOT NULL, v_case.version, v_case.id,
               'Ese caso ya no tiene nada agendado.' INTO case_id, due_at, rings_at, open, version, about_case, finished
        FROM (SELECT) x LEFT JOIN iduo.callback_rest r ON r.case_id = v_case.id AND r.due_at = v_case.next_action_at;
    END IF;
    IF num_nonnulls(call_id, task_id, case_id) = 0 THEN
        PERFORM iduo.refuse('Eso ya no está en la agenda.');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
END $$;

CREATE OR REPLACE FUNCTION iduo.said_done(p_by text, p_at timestamptz, p_held boolean) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT format(CASE WHEN p_held THEN '%s ya lo hizo, a %s.' ELSE '%s ya lo dio por no hecho, a %s.' END, iduo.name_of(p_by), iduo.spoken(p_at))
$$;

-- The answer that this key got before, or nothing.
CREATE OR REPLACE FUNCTION iduo.known_move(p_kind text, p_id bigint, p_key uuid, p_hash bytea)
RETURNS TABLE (kind text, id bigint, due_at timestamptz, version integer, replayed boolean)
LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    e iduo.agenda_event;
BEGIN
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    SELECT * INTO e FROM iduo.agenda_event x WHERE x.key = p_key;
    IF FOUND THEN
        PERFORM iduo.need_same(e."by", e.payload_hash, p_hash);
        RETURN QUERY SELECT p_kind, p_id, coalesce(e.after, e.before), e.version_after, true;
    END IF;
END $$;

-- It is open, as it was seen, and one's own: or whoever is in's, left by another, a coordinator's to do.
CREATE OR REPLACE FUNCTION iduo.need_item(i record, p_version integer) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_whose text;
BEGIN
    IF NOT i.open THEN
        PERFORM iduo.refuse(i.finished);
    ELSIF p_version IS DISTINCT FROM i.version THEN
        PERFORM iduo.refuse('Cambió mientras lo mirabas: fijate cómo quedó.');
    ELSIF i.case_id IS NOT NULL THEN
        PERFORM iduo.need_own(c, true) FROM iduo.case c WHERE c.id = i.case_id;
    ELSE
        SELECT x.assignee INTO v_whose FROM (
            SELECT c.assignee, c."by", c.late_key FROM iduo.call c WHERE c.id = i.call_id
            UNION ALL SELECT t.assignee, t."by", t.late_key FROM iduo.task t WHERE t.id = i.task_id) x
        WHERE x.assignee <> session_user AND x."by" <> session_user AND x.late_key >= iduo.overdue_before();
        IF FOUND AND NOT iduo.may('coordinator') THEN
            PERFORM iduo.refuse(format('Es de %s. Pasa a ser de quien esté si no lo atiende a tiempo.', iduo.name_of(v_whose)));
        END IF;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION iduo.tell(i record, p_kind text, p_after timestamptz, p_reason text, p_contacted timestamptz, p_key uuid, p_hash bytea) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    INSERT INTO iduo.agenda_event (kind, call_id, task_id, case_id, before, after, rings_before, reason, contacted_before, version_after, by, key, payload_hash)
    VALUES (p_kind, i.call_id, i.task_id, i.case_id, i.due_at, p_after, i.rings_at, p_reason, p_contacted, i.version + 1, session_user, p_key, p_hash);
END $$;

-- Done: a planned call was held (now) or not, a task done or cancelled, a callback made, a promise kept or broken.
CREATE FUNCTION api.finish_item(p_kind text, p_id bigint, p_held boolean, p_note text, p_version integer, p_key uuid)
RETURNS TABLE (kind text, id bigint, due_at timestamptz, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('finish', p_kind, p_id::text, p_held::text, p_note, p_version::text);
    v_now timestamptz := clock_timestamp();
    v_contacted timestamptz;
    v_after timestamptz;
    i record;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    PERFORM iduo.check_words('outbound', p_note, p_key);
    SELECT * INTO i FROM iduo.lock_item(p_kind, p_id);
    RETURN QUERY SELECT k.* FROM iduo.known_move(p_kind, p_id, p_key, v_hash) k;
    IF FOUND THEN
        RETURN;
    END IF;
    PERFORM iduo.need_item(i, p_version);
    p_held := coalesce(p_held, true);
    v_after := CASE WHEN i.case_id IS NOT NULL THEN NULL WHEN i.call_id IS NOT NULL AND p_held THEN v_now ELSE i.due_at END;
    IF i.call_id IS NOT NULL AND p_held THEN
        v_contacted := iduo.touch_case(i.about_case, v_now);
    END IF;
    PERFORM iduo.tell(i, 'finished', v_after, '', v_contacted, p_key, v_hash);
    UPDATE iduo.call c SET state = CASE WHEN p_held THEN 'held' ELSE 'not_held' END, starts_at = v_after, rings_at = NULL, finished_at = v_now,
        finished_by = session_user, result = btrim(coalesce(p_note, '')), version = c.version + 1 WHERE c.id = i.call_id;
    UPDATE iduo.task t SET state = CASE WHEN p_held THEN 'done' ELSE 'cancelled' END, finished_at = v_now, finished_by = session_user,
        result = btrim(coalesce(p_note, '')), version = t.version + 1 WHERE t.id = i.task_id;
    UPDATE iduo.case c SET next_action_at = NULL, touched_at = v_now, version = c.version + 1 WHERE c.id = i.case_id;
    UPDATE iduo.promise p SET state = CASE WHEN p_held THEN 'kept' ELSE 'broken' END, settled_at = v_now, settled_by = session_user
        WHERE p_kind = 'promise' AND p.id = p_id AND p.state = 'pending';
    RETURN QUERY SELECT p_kind, p_id, coalesce(v_after, i.due_at), i.version + 1, false;
END $$;

-- It reminds again later; when it is due stays.
CREATE FUNCTION api.postpone_item(p_kind text, p_id bigint, p_until timestamptz, p_version integer, p_key uuid)
RETURNS TABLE (kind text, id bigint, due_at timestamptz, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('postpone', p_kind, p_id::text, (p_until AT TIME ZONE 'UTC')::text, p_version::text);
    i record;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT * INTO i FROM iduo.lock_item(p_kind, p_id);
    RETURN QUERY SELECT k.* FROM iduo.known_move(p_kind, p_id, p_key, v_hash) k;
    IF FOUND THEN
        RETURN;
    END IF;
    PERFORM iduo.need_item(i, p_version);
    PERFORM iduo.need_future('until', p_until);
    PERFORM iduo.tell(i, 'postponed', i.due_at, '', NULL, p_key, v_hash);
    UPDATE iduo.call c SET rings_at = p_until, version = c.version + 1 WHERE c.id = i.call_id;
    UPDATE iduo.task t SET rings_at = p_until, version = t.version + 1 WHERE t.id = i.task_id;
    IF i.case_id IS NOT NULL THEN
        PERFORM iduo.rest_callback(i.case_id, i.due_at, p_until);
    END IF;
    RETURN QUERY SELECT p_kind, p_id, i.due_at, i.version + 1, false;
END $$;

-- The callback of a case rests until a moment, or (NULL) no more.
CREATE OR REPLACE FUNCTION iduo.rest_callback(p_case bigint, p_due_at timestamptz, p_until timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    DELETE FROM iduo.callback_rest r WHERE r.case_id = p_case;
    INSERT INTO iduo.callback_rest (case_id, due_at, until, by) SELECT p_case, p_due_at, p_until, session_user WHERE p_until IS NOT NULL;
    UPDATE iduo.case c SET version = c.version + 1 WHERE c.id = p_case;
END $$;

CREATE FUNCTION api.reschedule_item(p_kind text, p_id bigint, p_at timestamptz, p_reason text, p_version integer, p_key uuid, p_safe_reason text DEFAULT '')
RETURNS TABLE (kind text, id bigint, due_at timestamptz, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('reschedule', p_kind, p_id::text, (p_at AT TIME ZONE 'UTC')::text, p_reason, p_version::text, p_safe_reason);
    i record;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    p_reason := iduo.need('reason', p_reason, 'Escribí por qué se cambia.', 500);
    SELECT * INTO i FROM iduo.lock_item(p_kind, p_id);
    RETURN QUERY SELECT k.* FROM iduo.known_move(p_kind, p_id, p_key, v_hash) k;
    IF FOUND THEN
        RETURN;
    END IF;
    PERFORM iduo.need_item(i, p_version);
    PERFORM iduo.need_future('at', p_at);
    IF i.call_id IS NOT NULL THEN
        p_safe_reason := (SELECT iduo.need_safe(c.contact_id, c.direction, p_at, p_safe_reason) FROM iduo.call c WHERE c.id = i.call_id);
    END IF;
    PERFORM iduo.tell(i, 'moved', p_at, p_reason, NULL, p_key, v_hash);
    UPDATE iduo.call c SET starts_at = p_at, rings_at = iduo.rings(p_at, c.remind), safe_reason = p_safe_reason, version = c.version + 1 WHERE c.id = i.call_id;
    UPDATE iduo.task t SET due_at = p_at, rings_at = iduo.rings(p_at, t.remind), version = t.version + 1 WHERE t.id = i.task_id;
    UPDATE iduo.case c SET next_action_at = p_at, version = c.version + 1 WHERE c.id = i.case_id;
    RETURN QUERY SELECT p_kind, p_id, p_at, i.version + 1, false;
END $$;

-- One's own last move of an item, within five minutes, when nobody touched it since.
CREATE FUNCTION api.undo_item(p_kind text, p_id bigint, p_version integer, p_key uuid)
RETURNS TABLE (kind text, id bigint, due_at timestamptz, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('undo', p_kind, p_id::text, p_version::text);
    e iduo.agenda_event;
    i record;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT * INTO i FROM iduo.lock_item(p_kind, p_id);
    RETURN QUERY SELECT k.* FROM iduo.known_move(p_kind, p_id, p_key, v_hash) k;
    IF FOUND THEN
        RETURN;
    END IF;
    e := iduo.need_undoable(i, p_version);
    i.due_at := coalesce(i.due_at, e.before);
    PERFORM iduo.tell(i, 'undone', e.before, '', NULL, p_key, v_hash);
    UPDATE iduo.call c SET state = 'planned', starts_at = e.before, rings_at = e.rings_before, finished_at = NULL, finished_by = NULL, result = '',
        version = c.version + 1 WHERE c.id = i.call_id;
    UPDATE iduo.task t SET state = 'open', due_at = e.before, rings_at = e.rings_before, finished_at = NULL, finished_by = NULL, result = '',
        version = t.version + 1 WHERE t.id = i.task_id;
    IF i.case_id IS NOT NULL THEN
        UPDATE iduo.case c SET next_action_at = e.before WHERE c.id = i.case_id;
        PERFORM iduo.rest_callback(i.case_id, e.before, e.rings_before);
        UPDATE iduo.promise p SET state = 'pending', settled_at = NULL, settled_by = NULL
            WHERE p_kind = 'promise' AND p.id = p_id AND e.kind = 'finished' AND p.settled_by = session_user AND p.settled_at > e.at - interval '1 minute';
    ELSIF e.kind = 'finished' THEN
        UPDATE iduo.case c SET last_contact_at = e.contacted_before WHERE c.id = i.about_case AND c.last_contact_at = e.after AND i.call_id IS NOT NULL;
    END IF;
    UPDATE iduo.agenda_event x SET undone_at = clock_timestamp() WHERE x.id = e.id;
    RETURN QUERY SELECT p_kind, p_id, e.before, i.version + 1, false;
END $$;

CREATE OR REPLACE FUNCTION iduo.need_undoable(i record, p_version integer) RETURNS iduo.agenda_event
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    e iduo.agenda_event;
BEGIN
    SELECT * INTO e FROM iduo.agenda_event x WHERE (x.call_id = i.call_id OR x.task_id = i.task_id OR x.case_id = i.case_id)
    ORDER BY x.id DESC LIMIT 1;
    IF e.id IS NULL OR e."by" <> session_user OR e.kind = 'undone' THEN
        PERFORM iduo.refuse('Solo podés deshacer lo que hiciste vos.');
    ELSIF e.at < clock_timestamp() - interval '5 minutes' THEN
        PERFORM iduo.refuse('Ya pasaron más de 5 minutos: no se puede deshacer.');
    ELSIF p_version IS DISTINCT FROM i.version OR e.version_after <> i.version THEN
        PERFORM iduo.refuse('Cambió después: ya no se puede deshacer.');
    END IF;
    RETURN e;
END $$;

CREATE FUNCTION api.item_moves(p_kind text, p_id bigint)
RETURNS TABLE (at timestamptz, by_name text, before timestamptz, after timestamptz, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    v_case bigint;
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    v_case := CASE p_kind WHEN 'callback' THEN p_id WHEN 'promise' THEN (SELECT p.case_id FROM iduo.promise p WHERE p.id = p_id) END;
    RETURN QUERY SELECT e.at, iduo.name_of(e."by"), e.before, e.after, e.reason FROM iduo.agenda_event e
        WHERE e.kind = 'moved' AND e.undone_at IS NULL AND CASE p_kind WHEN 'call' THEN e.call_id = p_id WHEN 'task' THEN e.task_id = p_id ELSE e.case_id = v_case END
        ORDER BY e.id DESC LIMIT 100;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

GRANT EXECUTE ON FUNCTION api.finish_item, api.postpone_item, api.reschedule_item, api.undo_item TO iduo_operator, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.item_moves TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
