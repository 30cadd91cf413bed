-- Which moves a case can make, whoever asks: the arrows are rows of iduo.transition, the rest is refused here.
SET LOCAL ROLE iduo_owner;

CREATE OR REPLACE FUNCTION iduo.guard_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM iduo.transition t WHERE t.entity = 'case' AND t.before = OLD.state AND t.after = NEW.state) THEN
        RAISE EXCEPTION 'a case does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
    ELSIF NEW.list <> OLD.list AND (OLD.state = 'closed' OR NOT EXISTS (
        SELECT FROM iduo.transition t WHERE t.entity = 'list' AND t.before = OLD.list AND t.after = NEW.list)) THEN
        RAISE EXCEPTION 'a case does not move from % to %', OLD.list, NEW.list USING ERRCODE = '23514';
    ELSIF NEW.assigned_to IS DISTINCT FROM OLD.assigned_to AND OLD.assigned_to IS NOT NULL AND OLD.assigned_to <> session_user
        AND NOT iduo.may('coordinator') AND NOT iduo.may('admin') AND NOT iduo.lapsed(OLD.touched_at) THEN
        RAISE EXCEPTION 'only a coordinator takes a case from somebody else' USING ERRCODE = '42501';
    ELSIF NEW.assigned_to IS DISTINCT FROM OLD.assigned_to AND NEW.assigned_to <> session_user
        AND NOT iduo.may('coordinator') AND NOT iduo.may('admin') THEN
        RAISE EXCEPTION 'an operator gives a case to nobody but himself' USING ERRCODE = '42501';
    ELSIF NEW.risk <> OLD.risk AND iduo.risk_rank(NEW.risk) < iduo.risk_rank(OLD.risk) AND NOT iduo.may('coordinator') THEN
        RAISE EXCEPTION 'only a coordinator lowers a risk' USING ERRCODE = '42501';
    ELSIF NEW.contact_id IS DISTINCT FROM OLD.contact_id AND NOT EXISTS (
        SELECT FROM iduo.contact_merge m WHERE (m.other_id, m.keep_id) IN ((OLD.contact_id, NEW.contact_id), (NEW.contact_id, OLD.contact_id))) THEN
        RAISE EXCEPTION 'a case stays with its person' USING ERRCODE = '23514';
    ELSIF NEW.company_id IS DISTINCT FROM OLD.company_id OR NEW.version <= OLD.version AND (NEW.state, NEW.list, NEW.assigned_to, NEW.attempts, NEW.priority, NEW.risk)
        IS DISTINCT FROM (OLD.state, OLD.list, OLD.assigned_to, OLD.attempts, OLD.priority, OLD.risk) THEN
        RAISE EXCEPTION 'a case stays with its client, and every move counts' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

-- How much a risk is: from 1, none, to 4.
CREATE OR REPLACE FUNCTION iduo.risk_rank(p_risk text) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT array_position(ARRAY['none', 'low', 'medium', 'high'], p_risk) $$;

-- Whatever begins with a person who was merged, begins with the one that stayed. The lock waits for a merge that is under way.
CREATE OR REPLACE FUNCTION iduo.follow_merge() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_into bigint;
BEGIN
    LOOP
        SELECT c.merged_into INTO v_into FROM iduo.contact c WHERE c.id = NEW.contact_id FOR KEY SHARE;
        EXIT WHEN v_into IS NULL;
        NEW.contact_id := v_into;
    END LOOP;
    RETURN NEW;
END $$;

-- Taken, and untouched since before this moment: anybody may take it again.
CREATE OR REPLACE FUNCTION iduo.lapse() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT clock_timestamp() - make_interval(hours => iduo.setting('return_after_hours')::integer)
$$;

CREATE OR REPLACE FUNCTION iduo.lapsed(p_touched_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT p_touched_at < iduo.lapse() $$;

-- Lists page by an index of the case, so the client's columns that they sort and filter by are copied.
CREATE OR REPLACE FUNCTION iduo.copy_to_cases() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE iduo.case c SET client_key = n.client_key, debt = n.debt, cutoff_date = greatest(n.cutoff_date, n.extended_until),
                           extended_until = n.extended_until, plan = n.plan, locality = n.locality
    FROM changed n
    WHERE c.company_id = n.id AND (c.client_key, c.debt, c.cutoff_date, c.extended_until, c.plan, c.locality)
          IS DISTINCT FROM (n.client_key, n.debt, greatest(n.cutoff_date, n.extended_until), n.extended_until, n.plan, n.locality);
    RETURN NULL;
END $$;

-- A person who is no client has a name to sort by, and no more.
CREATE OR REPLACE FUNCTION iduo.copy_person_to_cases() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE iduo.case c SET client_key = n.person_key FROM changed n
    WHERE c.contact_id = n.id AND c.company_id IS NULL AND c.client_key <> n.person_key;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION iduo.copy_from_company() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NEW.company_id IS NULL THEN
        NEW.client_key := (SELECT n.person_key FROM iduo.contact n WHERE n.id = NEW.contact_id);
        RETURN NEW;
    END IF;
    SELECT o.client_key, o.debt, greatest(o.cutoff_date, o.extended_until), o.extended_until, o.plan, o.locality
    INTO NEW.client_key, NEW.debt, NEW.cutoff_date, NEW.extended_until, NEW.plan, NEW.locality
    FROM iduo.company o WHERE o.id = NEW.company_id;
    RETURN NEW;
END $$;

-- An extension goes only along its arrows.
CREATE OR REPLACE FUNCTION iduo.guard_extension() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM iduo.transition t WHERE t.entity = 'extension' AND t.before = OLD.state AND t.after = NEW.state) THEN
        RAISE EXCEPTION 'an extension does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
    ELSIF (NEW.company_id, NEW.until_date, NEW."by", NEW.at) IS DISTINCT FROM (OLD.company_id, OLD.until_date, OLD."by", OLD.at) THEN
        RAISE EXCEPTION 'what was asked stays as it was' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
-- A debt changed: what was promised and not settled by a person follows it, forwards and, where a list is undone, back.
CREATE OR REPLACE FUNCTION iduo.settle_promises() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_grace integer := iduo.setting('promise_grace_days')::integer;
BEGIN
    WITH moved AS (
        SELECT n.id, n.debt FROM changed n JOIN former o ON o.id = n.id WHERE n.debt IS DISTINCT FROM o.debt
    ), seen AS (
        SELECT p.id, p.state AS before, p.case_id, p.due_date, p.debt_before - m.debt AS paid,
               CASE WHEN m.debt <= 0 OR p.debt_before - m.debt >= coalesce(p.amount, p.debt_before) THEN 'kept' ELSE 'pending' END AS state
        FROM moved m JOIN iduo.case c ON c.company_id = m.id JOIN iduo.promise p ON p.case_id = c.id
        WHERE p.state IN ('pending', 'kept') AND p.settled_by IS NULL AND p.due_date + v_grace >= iduo.today() AND p.debt_before > 0
    ), settled AS (
        UPDATE iduo.promise p SET state = s.state, paid = greatest(s.paid, 0), settled_at = CASE WHEN s.state = 'kept' THEN clock_timestamp() END
        FROM seen s WHERE p.id = s.id AND (p.state, p.paid) IS DISTINCT FROM (s.state, greatest(s.paid, 0))
        RETURNING p.id, p.case_id, p.due_date, p.state, p.paid, s.before
    ), woken AS (
        UPDATE iduo.case c SET next_action_at = CASE WHEN s.state = 'pending' THEN iduo.promise_wakes(s.due_date) END
        FROM settled s WHERE c.id = s.case_id AND s.state <> s.before AND c.state = 'open'
          AND c.next_action_at IS NOT DISTINCT FROM CASE WHEN s.state = 'kept' THEN iduo.promise_wakes(s.due_date) END
    )
    INSERT INTO iduo.case_event (case_id, company_id, kind, by, detail, version_after)
    SELECT s.case_id, c.company_id, 'promise', session_user,
           CASE s.state WHEN 'kept' THEN format('Cumplió su promesa: pagó $ %s', iduo.money(s.paid))
                        ELSE format('La promesa para el %s vuelve a estar pendiente', to_char(s.due_date, 'DD/MM/YYYY')) END, c.version
    FROM settled s JOIN iduo.case c ON c.id = s.case_id JOIN iduo.staff w ON w.login = session_user WHERE s.state <> s.before;
    RETURN NULL;
END $$;

-- A call ends once; what came with it stays as it came. A planned one is held or not, and moves only with its history.
CREATE OR REPLACE FUNCTION iduo.guard_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_back boolean := OLD.state <> 'planned' AND NEW.state = 'planned';
    v_fresh boolean := OLD."by" = session_user AND OLD.outcome = 'attended' AND OLD.ended_at > clock_timestamp() - interval '5 minutes';
    v_free text[] := ARRAY['contact_id', 'late_key', 'version'] || CASE
        WHEN OLD.state = 'planned' OR v_back
            THEN ARRAY['state', 'starts_at', 'rings_at', 'assignee', 'remind', 'safe_reason', 'finished_at', 'finished_by', 'result']
        -- the guard ends that of a chat that nobody answered
        WHEN session_user = 'iduo_guard' AND OLD.ended_at IS NULL AND OLD.pbx_id ^@ 'chat:' THEN ARRAY['ended_at', 'outcome', 'note']
        WHEN OLD."by" <> session_user OR OLD.finished_at IS NOT NULL THEN ARRAY[]::text[]
        WHEN OLD.ended_at IS NULL OR v_fresh THEN ARRAY['ended_at', 'outcome', 'note', 'case_id']
        WHEN OLD.case_id IS NULL THEN ARRAY['case_id', 'note']
        ELSE ARRAY['case_id'] END;
BEGIN
    IF NEW.state <> OLD.state AND (v_back AND OLD.finished_at IS NULL OR NOT EXISTS (
        SELECT FROM iduo.transition t WHERE t.entity = 'call' AND t.before = OLD.state AND t.after = NEW.state)) THEN
        RAISE EXCEPTION 'a call does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
    ELSIF to_jsonb(NEW) - v_free <> to_jsonb(OLD) - v_free THEN
        RAISE EXCEPTION 'a call ends once, and who called stays as it came' USING ERRCODE = '23514';
    ELSIF v_back AND (OLD.finished_by IS DISTINCT FROM session_user OR OLD.finished_at < clock_timestamp() - interval '5 minutes') THEN
        RAISE EXCEPTION 'a call is taken back by who finished it, within 5 minutes' USING ERRCODE = '42501';
    ELSIF NEW.case_id IS DISTINCT FROM OLD.case_id AND OLD.case_id IS NOT NULL AND NEW.case_id IS NOT NULL THEN
        RAISE EXCEPTION 'a call stays with its case' USING ERRCODE = '23514';
    ELSIF (OLD.state = 'planned' OR v_back) AND (NEW.state, NEW.starts_at, NEW.rings_at) IS DISTINCT FROM (OLD.state, OLD.starts_at, OLD.rings_at)
        AND (NEW.version <= OLD.version OR NOT iduo.told(NEW.id, NULL, NEW.version, OLD.starts_at, NEW.starts_at)) THEN
        RAISE EXCEPTION 'a call moves only with its history' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

-- A chat goes the arrows; who it is, where it was begun and its secret stay. Only whoever attends it writes his own name into it, and lets go
-- of it; the guard does where nobody answered, and the visitor may leave. Of one that is over only what is known of the visitor changes.
CREATE OR REPLACE FUNCTION iduo.guard_chat() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_fixed text[] := ARRAY['id', 'token_hash', 'address_hash', 'name', 'company_keyed', 'page', 'at', 'queued_at'];
    v_known text[] := ARRAY['company_id', 'contact_id'];
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM iduo.transition t WHERE t.entity = 'chat' AND t.before = OLD.state AND t.after = NEW.state) THEN
        RAISE EXCEPTION 'a chat does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
    ELSIF EXISTS (SELECT FROM unnest(v_fixed) f WHERE to_jsonb(NEW) -> f IS DISTINCT FROM to_jsonb(OLD) -> f) OR NEW.lines < OLD.lines THEN
        RAISE EXCEPTION 'what a chat began with stays' USING ERRCODE = '23514';
    ELSIF OLD.state = 'ended' AND to_jsonb(NEW) - v_known <> to_jsonb(OLD) - v_known THEN
        RAISE EXCEPTION 'a chat that is over stays as it ended' USING ERRCODE = '23514';
    ELSIF OLD.state = 'attended' AND NEW.state = 'attended' AND NEW.attended_by IS DISTINCT FROM OLD.attended_by THEN
        RAISE EXCEPTION 'a chat is handed on before somebody else attends it' USING ERRCODE = '23514';
    ELSIF NEW.attended_by IS DISTINCT FROM OLD.attended_by AND NEW.attended_by <> session_user THEN
        RAISE EXCEPTION 'a chat is taken in one''s own name' USING ERRCODE = '42501';
    ELSIF OLD.state = 'attended' AND NEW.state <> 'attended' AND OLD.attended_by <> session_user AND iduo.is_person() THEN
        RAISE EXCEPTION 'a chat is ended or handed on by whoever attends it' USING ERRCODE = '42501';
    ELSIF NEW.state <> OLD.state AND (NEW.ended_by <> 'operator' AND iduo.is_person() OR NEW.ended_by NOT IN ('visitor', 'message') AND session_user = 'iduo_chat') THEN
        RAISE EXCEPTION 'whoever ends a chat says so' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

-- Somebody who works here: neither a service nor whoever runs the server.
CREATE OR REPLACE FUNCTION iduo.is_person() RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT EXISTS (SELECT FROM iduo.staff s WHERE s.login = session_user AND NOT s.service) $$;

-- A person writes into the chat that he attends; what the house says, also into one that he is about to take.
CREATE OR REPLACE FUNCTION iduo.guard_new_chat_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF iduo.is_person() AND NOT EXISTS (SELECT FROM iduo.chat c WHERE c.id = NEW.chat_id
        AND (c.state = 'attended' AND c.attended_by = session_user OR c.state = 'waiting' AND NEW.side = 'system')) THEN
        RAISE EXCEPTION 'a person writes into his own chats' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION iduo.guard_chat_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    RAISE EXCEPTION 'what was said stays as it was said' USING ERRCODE = '42501';
END $$;

-- A task is done or cancelled, and moves only with its history; who did so takes it back, and at once.
CREATE OR REPLACE FUNCTION iduo.guard_task() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_free text[] := ARRAY['contact_id', 'late_key', 'version', 'state', 'due_at', 'rings_at', 'assignee', 'remind', 'finished_at', 'finished_by', 'result'];
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM iduo.transition t WHERE t.entity = 'task' AND t.before = OLD.state AND t.after = NEW.state) THEN
        RAISE EXCEPTION 'a task does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
    ELSIF to_jsonb(NEW) - v_free <> to_jsonb(OLD) - v_free THEN
        RAISE EXCEPTION 'a task stays what it is' USING ERRCODE = '23514';
    ELSIF OLD.state <> 'open' AND (OLD.finished_by <> session_user OR OLD.finished_at < clock_timestamp() - interval '5 minutes')
        AND NEW.contact_id IS NOT DISTINCT FROM OLD.contact_id THEN
        RAISE EXCEPTION 'a task is taken back by who finished it, within 5 minutes' USING ERRCODE = '42501';
    ELSIF (NEW.state, NEW.due_at, NEW.rings_at) IS DISTINCT FROM (OLD.state, OLD.due_at, OLD.rings_at)
        AND (NEW.version <= OLD.version OR NOT iduo.told(NULL, NEW.id, NEW.version, OLD.due_at, NEW.due_at)) THEN
        RAISE EXCEPTION 'a task moves only with its history' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

-- The history says so: this version came of this move, in this same transaction.
CREATE OR REPLACE FUNCTION iduo.told(p_call bigint, p_task bigint, p_version integer, p_before timestamptz, p_after timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT EXISTS (SELECT FROM iduo.agenda_event e WHERE (e.call_id = p_call OR e.task_id = p_task) AND e.version_after = p_version
                   AND e."by" = session_user AND e.before = p_before AND e.after = p_after)
$$;

-- A route is acknowledged once, by a coordinator; by an administrator when nobody did so in time.
CREATE OR REPLACE FUNCTION iduo.guard_route_activation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_free text[] := ARRAY['contact_id', 'acknowledged_at', 'acknowledged_by', 'remark', 'escalated_at'];
BEGIN
    IF to_jsonb(NEW) - v_free <> to_jsonb(OLD) - v_free THEN
        RAISE EXCEPTION 'what was asked for stays' USING ERRCODE = '23514';
    ELSIF NEW.escalated_at IS DISTINCT FROM OLD.escalated_at
        AND (OLD.escalated_at IS NOT NULL OR OLD.acknowledged_at IS NOT NULL OR NOT iduo.may('guard') OR NOT iduo.late_route(OLD.activated_at)) THEN
        RAISE EXCEPTION 'the guard says once that a route is late' USING ERRCODE = '42501';
    ELSIF (NEW.acknowledged_at, NEW.acknowledged_by, NEW.remark) IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by, OLD.remark) THEN
        IF OLD.acknowledged_at IS NOT NULL OR NEW.acknowledged_by IS DISTINCT FROM session_user THEN
            RAISE EXCEPTION 'a route is acknowledged once, in one''s own name' USING ERRCODE = '23514';
        ELSIF NOT iduo.may('coordinator') AND NOT (iduo.may('admin') AND iduo.late_route(OLD.activated_at)) THEN
            RAISE EXCEPTION 'a coordinator acknowledges routes' USING ERRCODE = '42501';
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- Nobody acknowledged it in time.
CREATE OR REPLACE FUNCTION iduo.late_route(p_activated_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT p_activated_at < clock_timestamp() - make_interval(mins => iduo.setting('route_minutes')::integer)
$$;

-- Four states; what was taken stays as it was taken; only the back office answers; what was read is taken back by who read it, and at once.
CREATE OR REPLACE FUNCTION iduo.guard_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM iduo.transition t WHERE t.entity = 'ticket' AND t.before = OLD.state AND t.after = NEW.state) THEN
        RAISE EXCEPTION 'a ticket does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
    ELSIF OLD.state IN ('open', 'awaiting_answer') AND NEW.state = 'awaiting_communication'
        AND NOT iduo.may('answerer') AND NOT iduo.may('coordinator') AND NOT iduo.may('admin') AND NOT iduo.may('job') THEN
        RAISE EXCEPTION 'an operator does not answer tickets' USING ERRCODE = '42501';
    ELSIF NEW.state = 'open' AND NEW.state <> OLD.state
        AND (NEW.batch_out, NEW.batch_in) IS NOT DISTINCT FROM (OLD.batch_out, OLD.batch_in) THEN
        RAISE EXCEPTION 'a ticket opens again only as the way back of a batch' USING ERRCODE = '23514';
    ELSIF (NEW.batch_out, NEW.batch_in, NEW.sent_at) IS DISTINCT FROM (OLD.batch_out, OLD.batch_in, OLD.sent_at)
        AND NOT iduo.may('coordinator') AND NOT iduo.may('admin') AND NOT iduo.may('job') THEN
        RAISE EXCEPTION 'an operator sends no batches' USING ERRCODE = '42501';
    ELSIF OLD.state = 'communicated' AND NEW.state <> OLD.state
        AND (OLD.communicated_by <> session_user OR OLD.communicated_at < clock_timestamp() - interval '5 minutes') THEN
        RAISE EXCEPTION 'what was communicated is taken back by who did it, within 5 minutes' USING ERRCODE = '42501';
    ELSIF (NEW.number, NEW.key, NEW.at, NEW.created_by, NEW.channel, NEW.caller_kind, NEW.topic, NEW.company_number, NEW.company, NEW.surname,
           NEW.names, NEW.document, NEW.phone, NEW.email, NEW.text, NEW.values, NEW.provisional)
        IS DISTINCT FROM (OLD.number, OLD.key, OLD.at, OLD.created_by, OLD.channel, OLD.caller_kind, OLD.topic, OLD.company_number, OLD.company,
                          OLD.surname, OLD.names, OLD.document, OLD.phone, OLD.email, OLD.text, OLD.values, OLD.provisional) THEN
        RAISE EXCEPTION 'what was taken down in a ticket stays' USING ERRCODE = '23514';
    ELSIF NEW.version <= OLD.version AND (NEW.state, NEW.answer, NEW.insisted) IS DISTINCT FROM (OLD.state, OLD.answer, OLD.insisted)
        OR NEW.insisted < OLD.insisted THEN
        RAISE EXCEPTION 'every move of a ticket counts' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

-- A batch is applied, or sent, once, and undone once; what it is stays.
CREATE OR REPLACE FUNCTION iduo.guard_batch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM iduo.transition t WHERE t.entity = 'batch' AND t.before = OLD.state AND t.after = NEW.state) THEN
        RAISE EXCEPTION 'a batch does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
    ELSIF (NEW.id, NEW.kind, NEW."by", NEW.at, NEW.key, NEW.of_batch) IS DISTINCT FROM (OLD.id, OLD.kind, OLD."by", OLD.at, OLD.key, OLD.of_batch)
        OR NEW.state <> 'undone' AND NEW."by" <> session_user AND NOT (NEW.state = 'expired' AND OLD.state = 'prepared')
        OR NEW.undone_by IS DISTINCT FROM OLD.undone_by AND NEW.undone_by <> session_user THEN
        RAISE EXCEPTION 'a batch stays what it is, and whose it is' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

-- A message goes the way of its states: the gateway sends, who wrote it takes it back. What was written stays; it changes its conversation when
-- persons were merged, and its case once, when it had none.
CREATE OR REPLACE FUNCTION iduo.guard_message() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_free text[] := ARRAY['state', 'error', 'provider_id', 'settled_at', 'read_at', 'conversation_id']
        || CASE WHEN OLD.case_id IS NULL THEN ARRAY['case_id', 'event_id'] ELSE '{}' END;
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM iduo.transition t WHERE t.entity = 'message' AND t.before = OLD.state AND t.after = NEW.state) THEN
        RAISE EXCEPTION 'a message does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
    ELSIF to_jsonb(NEW) - v_free <> to_jsonb(OLD) - v_free THEN
        RAISE EXCEPTION 'what was written stays' USING ERRCODE = '23514';
    ELSIF NEW.state <> OLD.state AND NOT (CASE NEW.state WHEN 'cancelled' THEN OLD."by" = session_user ELSE iduo.may('gateway') END) THEN
        RAISE EXCEPTION 'only the gateway says what became of a message' USING ERRCODE = '42501';
    ELSIF NEW.read_at IS DISTINCT FROM OLD.read_at AND (OLD.read_at IS NOT NULL OR OLD.direction = 'outbound') THEN
        RAISE EXCEPTION 'a message is read once' USING ERRCODE = '23514';
    ELSIF NEW.conversation_id <> OLD.conversation_id AND OLD.case_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM iduo.conversation a, iduo.conversation b, iduo.contact_merge m WHERE a.id = OLD.conversation_id AND b.id = NEW.conversation_id
          AND (m.other_id, m.keep_id) IN ((a.contact_id, b.contact_id), (b.contact_id, a.contact_id))) THEN
        RAISE EXCEPTION 'a message stays with its client' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS guard ON iduo.message;
CREATE TRIGGER guard BEFORE UPDATE ON iduo.message FOR EACH ROW WHEN (current_user <> 'iduo_audit') EXECUTE FUNCTION iduo.guard_message();
DROP TRIGGER IF EXISTS guard ON iduo.batch;
CREATE TRIGGER guard BEFORE UPDATE ON iduo.batch FOR EACH ROW EXECUTE FUNCTION iduo.guard_batch();
DROP TRIGGER IF EXISTS guard ON iduo.ticket;
-- what was taken down stays, unless the person is taken out of it
CREATE TRIGGER guard BEFORE UPDATE ON iduo.ticket FOR EACH ROW WHEN (current_user <> 'iduo_audit') EXECUTE FUNCTION iduo.guard_ticket();
DROP TRIGGER IF EXISTS guard ON iduo.call;
CREATE TRIGGER guard BEFORE UPDATE ON iduo.call FOR EACH ROW WHEN (current_user <> 'iduo_audit') EXECUTE FUNCTION iduo.guard_call();
DROP TRIGGER IF EXISTS guard ON iduo.task;
CREATE TRIGGER guard BEFORE UPDATE ON iduo.task FOR EACH ROW WHEN (current_user <> 'iduo_audit') EXECUTE FUNCTION iduo.guard_task();
DROP TRIGGER IF EXISTS guard ON iduo.route_activation;
CREATE TRIGGER guard BEFORE UPDATE ON iduo.route_activation FOR EACH ROW WHEN (current_user <> 'iduo_audit')
    EXECUTE FUNCTION iduo.guard_route_activation();
DROP TRIGGER IF EXISTS guard ON iduo.case;
CREATE TRIGGER guard BEFORE UPDATE ON iduo.case FOR EACH ROW EXECUTE FUNCTION iduo.guard_case();
DO $$
DECLARE
    v_name text;
BEGIN
    FOREACH v_name IN ARRAY ARRAY['attention', 'call', 'call_contact', 'case', 'chat', 'conversation', 'route_activation', 'task', 'ticket'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS a_person ON iduo.%I', v_name);  -- named so as to come first
        EXECUTE format('CREATE TRIGGER a_person BEFORE INSERT ON iduo.%I FOR EACH ROW WHEN (NEW.contact_id IS NOT NULL) EXECUTE FUNCTION iduo.follow_merge()',
                       v_name);
    END LOOP;
END $$;
DROP TRIGGER IF EXISTS client ON iduo.case;
CREATE TRIGGER client BEFORE INSERT ON iduo.case FOR EACH ROW EXECUTE FUNCTION iduo.copy_from_company();
DROP TRIGGER IF EXISTS copy ON iduo.company;
CREATE TRIGGER copy AFTER UPDATE ON iduo.company REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION iduo.copy_to_cases();
DROP TRIGGER IF EXISTS settle ON iduo.company;
CREATE TRIGGER settle AFTER UPDATE ON iduo.company REFERENCING OLD TABLE AS former NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION iduo.settle_promises();
DROP TRIGGER IF EXISTS guard ON iduo.extension;
CREATE TRIGGER guard BEFORE UPDATE ON iduo.extension FOR EACH ROW EXECUTE FUNCTION iduo.guard_extension();
DROP TRIGGER IF EXISTS copy ON iduo.contact;
CREATE TRIGGER copy AFTER UPDATE ON iduo.contact REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION iduo.copy_person_to_cases();
DROP TRIGGER IF EXISTS guard ON iduo.chat;
CREATE TRIGGER guard BEFORE UPDATE ON iduo.chat FOR EACH ROW WHEN (current_user <> 'iduo_audit') EXECUTE FUNCTION iduo.guard_chat();
DROP TRIGGER IF EXISTS new ON iduo.chat_line;
CREATE TRIGGER new BEFORE INSERT ON iduo.chat_line FOR EACH ROW EXECUTE FUNCTION iduo.guard_new_chat_line();
DROP TRIGGER IF EXISTS guard ON iduo.chat_line;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON iduo.chat_line FOR EACH ROW WHEN (current_user <> 'iduo_audit') EXECUTE FUNCTION iduo.guard_chat_line();
RESET ROLE;
