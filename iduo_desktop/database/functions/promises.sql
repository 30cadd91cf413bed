-- Promises to pay: kept or broken is found by what the client's debt does, whichever way it changes.
SET LOCAL ROLE iduo_owner;

-- When a promise that nobody saw fulfilled counts as broken: after its day, and the days that a payment takes to be seen.
CREATE OR REPLACE FUNCTION iduo.promise_state(p_state text, p_due date) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE WHEN p_state = 'pending' AND p_due + iduo.setting('promise_grace_days')::integer < iduo.today() THEN 'broken' ELSE p_state END
$$;

-- When a case with a promise comes back: the morning after its day.
CREATE OR REPLACE FUNCTION iduo.promise_wakes(p_due date) RETURNS timestamptz
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT (p_due + 1 + time '09:00') AT TIME ZONE 'America/Argentina/Buenos_Aires' $$;

CREATE FUNCTION api.case_promises(p_case bigint)
RETURNS TABLE (id bigint, case_id bigint, amount numeric, due_date date, state text, paid numeric, settled_at timestamptz, at timestamptz, by text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY
        SELECT p.id, p.case_id, p.amount, p.due_date, iduo.promise_state(p.state, p.due_date), p.paid, p.settled_at, p.at, iduo.name_of(a.by)
        FROM iduo.case k JOIN iduo.case c ON c.id = k.id OR c.company_id = k.company_id
        JOIN iduo.promise p ON p.case_id = c.id JOIN iduo.attempt a ON a.id = p.attempt_id
        WHERE k.id = p_case AND p.state <> 'undone' ORDER BY p.id DESC LIMIT 100;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;
GRANT EXECUTE ON FUNCTION api.case_promises TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
