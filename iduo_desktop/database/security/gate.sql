-- The gate that every function of schema api passes first, and the words in which functions refuse.
SET LOCAL ROLE iduo_owner;

CREATE OR REPLACE FUNCTION iduo.require(VARIADIC p_roles text[]) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_must_change boolean;
BEGIN
    -- a service is nobody who works here: it goes by its own name, which no person can have
    IF session_user IN ('iduo_guard', 'iduo_gateway', 'iduo_job', 'iduo_chat') THEN
        IF NOT session_user = ANY (SELECT 'iduo_' || r FROM unnest(p_roles) r) THEN
            RAISE EXCEPTION 'No tenés permiso para hacer esto.' USING ERRCODE = '42501';
        END IF;
        PERFORM iduo.need_usual_settings();
        RETURN;
    END IF;
    SELECT s.must_change_password INTO v_must_change FROM iduo.staff s WHERE s.login = session_user AND s.active;
    IF NOT FOUND OR NOT EXISTS (
        SELECT FROM unnest(p_roles) r
        WHERE pg_has_role(session_user, ('iduo_' || CASE r WHEN 'newcomer' THEN 'user' ELSE r END)::name, 'USAGE')
    ) THEN
        RAISE EXCEPTION 'No tenés permiso para hacer esto.' USING ERRCODE = '42501';
    END IF;
    IF v_must_change AND NOT 'newcomer' = ANY (p_roles) THEN
        RAISE EXCEPTION 'Primero tenés que cambiar tu contraseña.' USING ERRCODE = '42501';
    END IF;
    PERFORM iduo.need_usual_settings();
END $$;

-- An old snapshot gets round limits; others change what the literals in our functions mean, and how a date is written where a key's contents
-- are compared; and those that print plans would tell the caller the values that a function holds while it works.
CREATE OR REPLACE FUNCTION iduo.need_usual_settings() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' OR current_setting('standard_conforming_strings') <> 'on'
        OR current_setting('DateStyle') NOT LIKE 'ISO,%'
        OR 'on' IN (current_setting('debug_print_parse'), current_setting('debug_print_rewritten'), current_setting('debug_print_plan')) THEN
        RAISE EXCEPTION 'Esto solo se puede hacer con los ajustes normales de la conexión.' USING ERRCODE = '25001';
    END IF;
END $$;

-- A read that leaves a trace stands alone: after a write of the same transaction it could see what a ROLLBACK then takes back.
CREATE OR REPLACE FUNCTION iduo.need_nothing_written() RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'El pedido tiene que quedar registrado antes de leer.' USING ERRCODE = '25001';
    END IF;
END $$;

-- Refuse with a sentence for the person at the screen.
CREATE OR REPLACE FUNCTION iduo.refuse(p_sentence text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    RAISE EXCEPTION '%', p_sentence USING ERRCODE = 'IU001';
END $$;

-- Refuse one field of a form; DETAIL carries its key.
CREATE OR REPLACE FUNCTION iduo.refuse_field(p_field text, p_sentence text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    RAISE EXCEPTION '%', p_sentence USING ERRCODE = 'IU002', DETAIL = p_field;
END $$;

-- Nothing that one sees: blanks of any kind, controls, and letters that are there to be invisible.
CREATE OR REPLACE FUNCTION iduo.blank(p_text text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT coalesce(p_text, '') !~ ('[^\s\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f'
        || '\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]')
$$;

-- A reason is asked for, and is not blank.
CREATE OR REPLACE FUNCTION iduo.need(p_field text, p_value text, p_sentence text, p_limit integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$
BEGIN
    IF iduo.blank(p_value) THEN
        RAISE EXCEPTION '%', p_sentence USING ERRCODE = 'IU002', DETAIL = p_field;
    ELSIF length(p_value) > p_limit THEN
        RAISE EXCEPTION 'El texto es demasiado largo: como mucho % caracteres.', p_limit USING ERRCODE = 'IU002', DETAIL = p_field;
    END IF;
    RETURN btrim(p_value, E' \t\r\n');
END $$;

CREATE OR REPLACE FUNCTION iduo.may(p_role text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT pg_has_role(session_user, ('iduo_' || p_role)::name, 'USAGE') $$;

CREATE OR REPLACE FUNCTION iduo.setting(p_name text) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT s.value #>> '{}' FROM iduo.setting s WHERE s.name = p_name $$;

CREATE OR REPLACE FUNCTION iduo.name_of(p_login text) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT s.full_name FROM iduo.staff s WHERE s.login = p_login $$;

-- Today, and a moment as people here write it.
CREATE OR REPLACE FUNCTION iduo.today() RETURNS date
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT (clock_timestamp() AT TIME ZONE 'America/Argentina/Buenos_Aires')::date $$;

CREATE OR REPLACE FUNCTION iduo.spoken(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE WHEN l::date = iduo.today() THEN to_char(l, '"las" HH24:MI') ELSE to_char(l, '"el" DD/MM "a las" HH24:MI') END
    FROM (SELECT p_at AT TIME ZONE 'America/Argentina/Buenos_Aires') AS x(l)
$$;

CREATE OR REPLACE FUNCTION iduo.iso(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;
RESET ROLE;
