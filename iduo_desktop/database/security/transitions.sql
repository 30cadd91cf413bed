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
    ELSIF NEW.company_id <> OLD.company_id OR NEW.version <= OLD.version AND (NEW.state, NEW.list, NEW.assigned_to, NEW.attempts)
        IS DISTINCT FROM (OLD.state, OLD.list, OLD.assigned_to, OLD.attempts) THEN
        RAISE EXCEPTION 'a case stays with its client, and every move counts' USING ERRCODE = '23514';
    END IF;
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
    UPDATE iduo.case c SET client_key = n.client_key, debt = n.debt, cutoff_date = n.cutoff_date,
                           extended_until = n.extended_until, plan = n.plan, locality = n.locality
    FROM changed n
    WHERE c.company_id = n.id AND (c.client_key, c.debt, c.cutoff_date, c.extended_until, c.plan, c.locality)
          IS DISTINCT FROM (n.client_key, n.debt, n.cutoff_date, n.extended_until, n.plan, n.locality);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION iduo.copy_from_company() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    SELECT o.client_key, o.debt, o.cutoff_date, o.extended_until, o.plan, o.locality
    INTO NEW.client_key, NEW.debt, NEW.cutoff_date, NEW.extended_until, NEW.plan, NEW.locality
    FROM iduo.company o WHERE o.id = NEW.company_id;
    RETURN NEW;
END $$;

-- A call ends once; what came with it stays as it came.
CREATE OR REPLACE FUNCTION iduo.guard_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM iduo.transition t WHERE t.entity = 'call' AND t.before = OLD.state AND t.after = NEW.state) THEN
        RAISE EXCEPTION 'a call does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
    ELSIF OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - ARRAY['state', 'ended_at', 'outcome', 'note']
                                      <> to_jsonb(OLD) - ARRAY['state', 'ended_at', 'outcome', 'note'] THEN
        RAISE EXCEPTION 'a call ends once, and who called stays as it came' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

-- Four states; what was taken stays as it was taken; only the back office answers; what was read is taken back by who read it, and at once.
CREATE OR REPLACE FUNCTION iduo.guard_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM iduo.transition t WHERE t.entity = 'ticket' AND t.before = OLD.state AND t.after = NEW.state) THEN
        RAISE EXCEPTION 'a ticket does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
    ELSIF OLD.state IN ('open', 'awaiting_answer') AND NEW.state = 'awaiting_communication'
        AND NOT iduo.may('answerer') AND NOT iduo.may('coordinator') AND NOT iduo.may('admin') THEN
        RAISE EXCEPTION 'an operator does not answer tickets' USING ERRCODE = '42501';
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

DROP TRIGGER IF EXISTS guard ON iduo.ticket;
-- what was taken down stays, unless the person is taken out of it
CREATE TRIGGER guard BEFORE UPDATE ON iduo.ticket FOR EACH ROW WHEN (current_user <> 'iduo_audit') EXECUTE FUNCTION iduo.guard_ticket();
DROP TRIGGER IF EXISTS guard ON iduo.call;
CREATE TRIGGER guard BEFORE UPDATE ON iduo.call FOR EACH ROW WHEN (current_user <> 'iduo_audit') EXECUTE FUNCTION iduo.guard_call();
DROP TRIGGER IF EXISTS guard ON iduo.case;
CREATE TRIGGER guard BEFORE UPDATE ON iduo.case FOR EACH ROW EXECUTE FUNCTION iduo.guard_case();
DROP TRIGGER IF EXISTS client ON iduo.case;
CREATE TRIGGER client BEFORE INSERT ON iduo.case FOR EACH ROW EXECUTE FUNCTION iduo.copy_from_company();
DROP TRIGGER IF EXISTS copy ON iduo.company;
CREATE TRIGGER copy AFTER UPDATE ON iduo.company REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION iduo.copy_to_cases();
RESET ROLE;
