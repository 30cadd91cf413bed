-- Extensions: the cut-off waits, at once or when a coordinator grants it. Within the organisation's bounds, and undone like any move.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.extension_rules()
RETURNS TABLE (most_days integer, most_a_year integer, needs_approval boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT iduo.setting('extension_most_days')::integer, iduo.setting('extension_most_a_year')::integer,
                        iduo.setting('extension_approval')::boolean AND NOT iduo.may('coordinator');
END $$;

-- Refuse a day that the bounds do not allow; the client's row is locked.
CREATE OR REPLACE FUNCTION iduo.need_extendable(p_company bigint, p_until date) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_days integer := iduo.setting('extension_most_days')::integer;
    v_year integer := iduo.setting('extension_most_a_year')::integer;
    v_cutoff date;
BEGIN
    SELECT greatest(o.cutoff_date, o.extended_until) INTO v_cutoff FROM iduo.company o WHERE o.id = p_company;
    IF p_until IS NULL THEN
        PERFORM iduo.refuse_field('until', '¿Hasta qué día?');
    ELSIF NOT isfinite(p_until) OR p_until <= iduo.today() THEN
        PERFORM iduo.refuse_field('until', 'Ese día ya pasó: elegí uno desde mañana.');
    ELSIF p_until > iduo.today() + v_days THEN
        PERFORM iduo.refuse_field('until', format('Como mucho %s días: hasta el %s.', v_days, to_char(iduo.today() + v_days, 'DD/MM/YYYY')));
    ELSIF p_until <= v_cutoff THEN
        PERFORM iduo.refuse_field('until', format('El corte ya es el %s: elegí un día posterior.', to_char(v_cutoff, 'DD/MM/YYYY')));
    ELSIF (SELECT count(*) FROM iduo.extension x WHERE x.company_id = p_company AND x.state = 'granted' AND x.at > clock_timestamp() - interval '1 year') >= v_year THEN
        PERFORM iduo.refuse(format('Ya tuvo %s en el último año: no se puede dar otra.', CASE v_year WHEN 1 THEN 'una prórroga' ELSE v_year || ' prórrogas' END));
    END IF;
END $$;

CREATE FUNCTION api.extend_cutoff(p_case bigint, p_until date, p_reason text, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, extension_id bigint, state text, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('extend', p_case::text, p_until::text, p_reason);
    v_case iduo.case;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    PERFORM iduo.lock_client_of(p_case);
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    case_id := p_case;
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        PERFORM iduo.need_own(v_case, true);
        IF v_case.company_id IS NULL THEN
            PERFORM iduo.refuse('Una prórroga es para un cliente, y esta persona no lo es.');
        ELSIF EXISTS (SELECT FROM iduo.extension x WHERE x.company_id = v_case.company_id AND x.state = 'asked') THEN
            PERFORM iduo.refuse('Ya hay una prórroga pedida que espera a un coordinador.');
        END IF;
        p_reason := iduo.need('reason', p_reason, 'Escribí por qué pide más tiempo.', 500);
        PERFORM iduo.need_extendable(v_case.company_id, p_until);
        state := CASE WHEN iduo.setting('extension_approval')::boolean AND NOT iduo.may('coordinator') THEN 'asked' ELSE 'granted' END;
        event := iduo.add_event(v_case, 'extended', format(CASE state WHEN 'asked' THEN 'Pidió prórroga hasta el %s' ELSE 'Prórroga hasta el %s' END,
                                                           to_char(p_until, 'DD/MM/YYYY')), p_reason, p_key, v_hash);
        INSERT INTO iduo.extension (company_id, until_date, reason, by, case_id, event_id, state, previous_date)
        SELECT o.id, p_until, p_reason, session_user, p_case, event, state, o.extended_until FROM iduo.company o WHERE o.id = v_case.company_id;
        UPDATE iduo.company o SET extended_until = p_until, version = o.version + 1 WHERE o.id = v_case.company_id AND state = 'granted';
        UPDATE iduo.case c SET touched_at = clock_timestamp(), version = c.version + 1 WHERE c.id = p_case;
    END IF;
    SELECT x.id, x.state INTO extension_id, state FROM iduo.extension x WHERE x.event_id = event;
    RETURN NEXT;
END $$;

CREATE FUNCTION api.decide_extension(p_extension bigint, p_granted boolean, p_decision text, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, extension_id bigint, state text, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('decide', p_extension::text, p_granted::text, p_decision);
    v_case iduo.case;
    x iduo.extension;
BEGIN
    PERFORM iduo.require('coordinator');
    SELECT e.case_id INTO case_id FROM iduo.extension e WHERE e.id = p_extension;
    IF case_id IS NULL OR p_granted IS NULL THEN
        PERFORM iduo.refuse('Esa prórroga ya no está.');
    END IF;
    PERFORM iduo.lock_client_of(case_id);
    v_case := iduo.lock_case(case_id);
    event := iduo.replayed(p_key, v_hash);
    replayed := event IS NOT NULL;
    SELECT * INTO x FROM iduo.extension e WHERE e.id = p_extension FOR NO KEY UPDATE;
    extension_id := x.id;
    IF NOT replayed THEN
        IF x.state <> 'asked' THEN
            PERFORM iduo.refuse(CASE WHEN x.decided_by IS NULL THEN 'Quien la pidió la retiró.'
                                     ELSE format('Ya la decidió %s.', iduo.name_of(x.decided_by)) END);
        END IF;
        p_decision := CASE WHEN p_granted THEN left(btrim(coalesce(p_decision, '')), 500)
                           ELSE iduo.need('decision', p_decision, 'Escribí por qué no, para que se lo puedan explicar al cliente.', 500) END;
        IF p_granted THEN
            PERFORM iduo.need_extendable(x.company_id, x.until_date);
        END IF;
        event := iduo.add_event(v_case, 'extended', format(CASE WHEN p_granted THEN 'Prórroga aprobada hasta el %s' ELSE 'Prórroga hasta el %s no aprobada' END,
                                                           to_char(x.until_date, 'DD/MM/YYYY')), p_decision, p_key, v_hash);
        UPDATE iduo.extension e SET state = CASE WHEN p_granted THEN 'granted' ELSE 'refused' END, decided_by = session_user,
            decided_at = clock_timestamp(), decision = p_decision, decision_event_id = event,
            previous_date = (SELECT o.extended_until FROM iduo.company o WHERE o.id = x.company_id) WHERE e.id = x.id;
        UPDATE iduo.company o SET extended_until = x.until_date, version = o.version + 1 WHERE o.id = x.company_id AND p_granted;
        UPDATE iduo.case c SET version = c.version + 1 WHERE c.id = case_id;
    END IF;
    state := (SELECT e.state FROM iduo.extension e WHERE e.id = p_extension);
    RETURN NEXT;
END $$;

-- What an event of these did is taken back: the asking is withdrawn, a decision is open again, and the cut-off is what it was.
CREATE OR REPLACE FUNCTION iduo.undo_extension(p_event bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    x iduo.extension;
BEGIN
    SELECT * INTO x FROM iduo.extension e WHERE p_event IN (e.event_id, e.decision_event_id) FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    ELSIF x.event_id = p_event AND x.decided_by IS NOT NULL THEN
        PERFORM iduo.refuse(format('Ya la decidió %s.', iduo.name_of(x.decided_by)));
    ELSIF x.state = 'granted' AND EXISTS (SELECT FROM iduo.extension e WHERE e.company_id = x.company_id AND e.state = 'granted' AND e.id <> x.id
                                          AND e.previous_date = x.until_date) THEN
        -- going back from the later one would give back a day that nobody granted
        PERFORM iduo.refuse('Después se le dio otra prórroga: deshacé primero esa.');
    ELSIF x.state = 'granted' THEN
        UPDATE iduo.company o SET extended_until = x.previous_date, version = o.version + 1 WHERE o.id = x.company_id AND o.extended_until = x.until_date;
    END IF;
    UPDATE iduo.extension e SET state = CASE WHEN x.event_id = p_event THEN 'withdrawn' ELSE 'asked' END, decided_by = NULL, decided_at = NULL,
        decision = '', decision_event_id = NULL WHERE e.id = x.id;
END $$;

-- Extensions in the shape in which they are shown.
CREATE OR REPLACE FUNCTION iduo.shown_extensions(p_ids bigint[])
RETURNS TABLE (id bigint, case_id bigint, company_id bigint, client text, until_date date, cutoff_date date, debt numeric, reason text, state text,
               asked_by text, asked_at timestamptz, decided_by text, decided_at timestamptz, decision text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT x.id, x.case_id, x.company_id, o.client, x.until_date, o.cutoff_date, o.debt, x.reason, x.state, iduo.name_of(x.by), x.at,
           coalesce(iduo.name_of(x.decided_by), ''), x.decided_at, x.decision
    FROM unnest(p_ids) WITH ORDINALITY i(id, n) JOIN iduo.extension x ON x.id = i.id JOIN iduo.company o ON o.id = x.company_id ORDER BY i.n
$$;

CREATE FUNCTION api.case_extensions(p_case bigint)
RETURNS TABLE (id bigint, case_id bigint, company_id bigint, client text, until_date date, cutoff_date date, debt numeric, reason text, state text,
               asked_by text, asked_at timestamptz, decided_by text, decided_at timestamptz, decision text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT s.* FROM iduo.shown_extensions(ARRAY(SELECT x.id FROM iduo.extension x WHERE x.company_id = (
        SELECT c.company_id FROM iduo.case c WHERE c.id = p_case) AND x.state <> 'withdrawn' ORDER BY x.id DESC LIMIT 100)) s;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

CREATE FUNCTION api.extensions_waiting()
RETURNS TABLE (id bigint, case_id bigint, company_id bigint, client text, until_date date, cutoff_date date, debt numeric, reason text, state text,
               asked_by text, asked_at timestamptz, decided_by text, decided_at timestamptz, decision text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('coordinator');
    RETURN QUERY SELECT s.* FROM iduo.shown_extensions(ARRAY(SELECT x.id FROM iduo.extension x WHERE x.state = 'asked' ORDER BY x.at, x.id LIMIT 200)) s;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_unsettled_rows(v_rows);
END $$;

GRANT EXECUTE ON FUNCTION api.extension_rules, api.case_extensions TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.extend_cutoff TO iduo_operator, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.decide_extension, api.extensions_waiting TO iduo_coordinator;
RESET ROLE;
