-- What comes into the agenda: planned calls, calls that took place, tasks. The same key puts it in once.
SET LOCAL ROLE iduo_owner;

-- For whom: NULL is whoever is in; somebody who works with persons.
CREATE OR REPLACE FUNCTION iduo.for_whom(p_assignee text, p_anybody boolean) RETURNS text
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF coalesce(p_anybody, false) THEN
        RETURN NULL;
    ELSIF p_assignee IS NULL OR p_assignee = session_user THEN
        RETURN session_user;
    ELSIF NOT EXISTS (SELECT FROM iduo.staff s WHERE s.login = p_assignee AND s.active
                      AND (pg_has_role(s.login, 'iduo_operator', 'USAGE') OR pg_has_role(s.login, 'iduo_coordinator', 'USAGE'))) THEN
        PERFORM iduo.refuse_field('assignee', 'Elegí a alguien que atienda.');
    END IF;
    RETURN p_assignee;
END $$;

-- Not in the past, and within a year.
CREATE OR REPLACE FUNCTION iduo.need_future(p_field text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF p_at IS NULL THEN
        PERFORM iduo.refuse_field(p_field, '¿Para cuándo?');
    ELSIF p_at < clock_timestamp() - interval '1 minute' THEN
        PERFORM iduo.refuse_field(p_field, 'Esa hora ya pasó.');
    ELSIF p_at > clock_timestamp() + interval '366 days' THEN
        PERFORM iduo.refuse_field(p_field, 'Como mucho dentro de un año.');
    END IF;
END $$;

-- Minutes before, as they are kept: none for -1, the organisation's usual for nothing said.
CREATE OR REPLACE FUNCTION iduo.remind(p_minutes integer) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    IF p_minutes NOT BETWEEN -1 AND 40320 THEN
        PERFORM iduo.refuse_field('remind', 'El aviso va de 0 minutos a 4 semanas antes.');
    END IF;
    RETURN nullif(coalesce(p_minutes, iduo.setting('follow_up_remind')::integer), -1);
END $$;

-- The person and case that something is about, found and consistent.
CREATE OR REPLACE FUNCTION iduo.about(p_case bigint, INOUT p_contact bigint)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_case iduo.case;
BEGIN
    IF p_case IS NOT NULL THEN
        SELECT * INTO v_case FROM iduo.case c WHERE c.id = p_case;
        IF NOT FOUND THEN
            PERFORM iduo.refuse_field('case', 'Ese caso no existe.');
        ELSIF iduo.who_stayed(p_contact) <> iduo.who_stayed(v_case.contact_id) THEN
            PERFORM iduo.refuse_field('contact', 'Ese caso es de otra persona.');
        END IF;
        p_contact := coalesce(p_contact, v_case.contact_id);
    END IF;
    IF p_contact IS NOT NULL THEN
        p_contact := (iduo.lock_contact(p_contact)).id;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION iduo.check_words(p_direction text, p_note text, p_key uuid) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    ELSIF p_direction IS NULL OR p_direction NOT IN ('outbound', 'inbound') THEN
        PERFORM iduo.refuse_field('direction', 'Decí quién llama.');
    ELSIF length(p_note) > 2000 THEN
        PERFORM iduo.refuse_field('note', 'La nota es demasiado larga: como mucho 2000 caracteres.');
    END IF;
END $$;

-- Put a call in, with who takes part: the person it is about, and others. No id when the key was there already.
CREATE OR REPLACE FUNCTION iduo.put_call(c iduo.call, p_participants bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_call bigint;
BEGIN
    IF cardinality(p_participants) > 20 OR EXISTS (SELECT FROM unnest(p_participants) p WHERE NOT EXISTS (SELECT FROM iduo.contact n WHERE n.id = p)) THEN
        PERFORM iduo.refuse_field('participants', 'Alguno de los participantes no existe, o son más de 20.');
    END IF;
    INSERT INTO iduo.call (direction, state, starts_at, ended_at, outcome, by, caller, note, key, payload_hash, case_id, contact_id, assignee, remind,
                           rings_at, safe_reason)
    VALUES (c.direction, c.state, c.starts_at, c.ended_at, c.outcome, session_user, coalesce(c.caller, ''), btrim(coalesce(c.note, '')), c.key,
            c.payload_hash, c.case_id, c.contact_id, c.assignee, c.remind, c.rings_at, coalesce(c.safe_reason, ''))
    ON CONFLICT (key) DO NOTHING RETURNING id INTO v_call;
    INSERT INTO iduo.call_contact (call_id, contact_id)
    SELECT DISTINCT v_call, p FROM unnest(p_participants || c.contact_id) p WHERE v_call IS NOT NULL AND p IS NOT NULL;
    RETURN v_call;
END $$;

CREATE OR REPLACE FUNCTION iduo.rings(p_at timestamptz, p_remind integer) RETURNS timestamptz
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT p_at - make_interval(mins => p_remind) $$;

CREATE FUNCTION api.plan_call(p_case bigint, p_contact bigint, p_at timestamptz, p_direction text, p_remind integer, p_assignee text, p_anybody boolean,
                              p_note text, p_key uuid, p_safe_reason text DEFAULT '', p_participants bigint[] DEFAULT '{}')
RETURNS TABLE (kind text, id bigint, due_at timestamptz, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    c iduo.call;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    c.payload_hash := iduo.hash('plan', p_case::text, p_contact::text, iduo.iso(p_at), p_direction, p_remind::text, p_assignee, p_anybody::text, p_note,
                                p_safe_reason, p_participants::text);
    c.direction := coalesce(nullif(p_direction, ''), iduo.setting('follow_up_direction'));
    PERFORM iduo.check_words(c.direction, p_note, p_key);
    id := iduo.known_plan(p_key, c.payload_hash);
    IF id IS NULL THEN
        PERFORM iduo.need_future('at', p_at);
        SELECT a.p_contact INTO c.contact_id FROM iduo.about(p_case, p_contact) a;
        IF p_case IS NULL AND c.contact_id IS NULL THEN
            PERFORM iduo.refuse_field('contact', 'Elegí a quién se llama.');
        END IF;
        c.case_id := p_case;
        c.state := 'planned';
        c.starts_at := p_at;
        c.assignee := iduo.for_whom(p_assignee, p_anybody);
        c.remind := iduo.remind(p_remind);
        c.rings_at := iduo.rings(p_at, c.remind);
        c.safe_reason := iduo.need_safe(c.contact_id, c.direction, p_at, p_safe_reason);
        c.note := p_note;
        c.key := p_key;
        PERFORM set_config('synchronous_commit', 'on', true);
        id := iduo.put_call(c, coalesce(p_participants, '{}'));
        replayed := id IS NULL;
        id := coalesce(id, iduo.known_plan(p_key, c.payload_hash));
    END IF;
    RETURN QUERY SELECT 'call', k.id, k.starts_at, k.version, coalesce(replayed, true) FROM iduo.call k WHERE k.id = plan_call.id;
END $$;

-- The call that this key left.
CREATE OR REPLACE FUNCTION iduo.known_plan(p_key uuid, p_hash bytea) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_call iduo.call;
BEGIN
    SELECT * INTO v_call FROM iduo.call c WHERE c.key = p_key;
    IF FOUND THEN
        PERFORM iduo.need_same(v_call."by", v_call.payload_hash, p_hash);
    END IF;
    RETURN v_call.id;
END $$;

-- A call that took place, or did not: now, or earlier. Who was called goes to the end of his list.
CREATE FUNCTION api.record_call(p_case bigint, p_contact bigint, p_at timestamptz, p_minutes integer, p_direction text, p_held boolean, p_note text,
                                p_key uuid, p_participants bigint[] DEFAULT '{}')
RETURNS TABLE (kind text, id bigint, due_at timestamptz, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    c iduo.call;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    c.payload_hash := iduo.hash('record', p_case::text, p_contact::text, iduo.iso(p_at), p_minutes::text, p_direction, p_held::text, p_note,
                                p_participants::text);
    c.direction := p_direction;
    PERFORM iduo.check_words(p_direction, p_note, p_key);
    IF p_at IS NULL OR p_at > clock_timestamp() + interval '1 minute' OR p_at < clock_timestamp() - interval '31 days' THEN
        PERFORM iduo.refuse_field('at', 'Una llamada se registra cuando ya fue, y hasta un mes después.');
    ELSIF p_minutes NOT BETWEEN 0 AND 1440 THEN
        PERFORM iduo.refuse_field('minutes', 'La duración va de 0 minutos a un día.');
    END IF;
    id := iduo.known_plan(p_key, c.payload_hash);
    IF id IS NULL THEN
        SELECT a.p_contact INTO c.contact_id FROM iduo.about(p_case, p_contact) a;
        IF p_case IS NULL AND c.contact_id IS NULL THEN
            PERFORM iduo.refuse_field('contact', 'Elegí con quién se habló.');
        END IF;
        c.case_id := p_case;
        c.state := CASE WHEN p_held THEN 'held' ELSE 'not_held' END;
        c.starts_at := p_at;
        c.ended_at := p_at + make_interval(mins => CASE WHEN p_held THEN coalesce(p_minutes, 0) ELSE 0 END);
        c.outcome := 'attended';
        c.note := p_note;
        c.key := p_key;
        PERFORM set_config('synchronous_commit', 'on', true);
        IF p_held THEN
            PERFORM iduo.touch_case(p_case, p_at);
        END IF;
        id := iduo.put_call(c, coalesce(p_participants, '{}'));
        replayed := id IS NULL;
        id := coalesce(id, iduo.known_plan(p_key, c.payload_hash));
    END IF;
    RETURN QUERY SELECT 'call', k.id, k.starts_at, k.version, coalesce(replayed, true) FROM iduo.call k WHERE k.id = record_call.id;
END $$;

-- Somebody was spoken to: his case goes to the end of its list. When he had been spoken to before is the answer.
CREATE OR REPLACE FUNCTION iduo.touch_case(p_case bigint, p_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_before timestamptz;
BEGIN
    SELECT c.last_contact_at INTO v_before FROM iduo.case c WHERE c.id = p_case FOR NO KEY UPDATE;
    UPDATE iduo.case c SET last_contact_at = greatest(c.last_contact_at, p_at), touched_at = clock_timestamp() WHERE c.id = p_case AND c.state = 'open';
    RETURN v_before;
END $$;

CREATE FUNCTION api.add_task(p_title text, p_due_at timestamptz, p_case bigint, p_contact bigint, p_remind integer, p_assignee text, p_anybody boolean,
                             p_note text, p_key uuid)
RETURNS TABLE (kind text, id bigint, due_at timestamptz, version integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('task', p_title, extract(epoch FROM p_due_at)::text, p_case::text, p_contact::text, p_remind::text, p_assignee, p_anybody::text, p_note);
    t iduo.task;
    v_remind integer;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    PERFORM iduo.check_words('outbound', p_note, p_key);
    SELECT * INTO t FROM iduo.task k WHERE k.key = p_key;
    replayed := FOUND;
    IF NOT replayed THEN
        p_title := iduo.one_line('title', iduo.need('title', p_title, 'Escribí qué hay que hacer.', 200), 200);
        PERFORM iduo.need_future('due_at', p_due_at);
        SELECT a.p_contact INTO p_contact FROM iduo.about(p_case, p_contact) a;
        v_remind := iduo.remind(p_remind);
        PERFORM set_config('synchronous_commit', 'on', true);
        INSERT INTO iduo.task (title, due_at, case_id, contact_id, assignee, remind, rings_at, note, by, key, payload_hash)
        VALUES (p_title, p_due_at, p_case, p_contact, iduo.for_whom(p_assignee, p_anybody), v_remind, iduo.rings(p_due_at, v_remind),
                btrim(coalesce(p_note, '')), session_user, p_key, v_hash)
        ON CONFLICT (key) DO NOTHING RETURNING * INTO t;
        replayed := NOT FOUND;
        IF replayed THEN
            SELECT * INTO t FROM iduo.task k WHERE k.key = p_key;
        END IF;
    END IF;
    PERFORM iduo.need_same(t."by", t.payload_hash, v_hash);
    RETURN QUERY SELECT 'task', t.id, t.due_at, t.version, replayed;
END $$;

GRANT EXECUTE ON FUNCTION api.plan_call, api.record_call, api.add_task TO iduo_operator, iduo_coordinator;
RESET ROLE;
