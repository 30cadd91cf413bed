-- How tickets are said and shown: their numbers in groups of three, with a digit that tells when one was misheard.
SET LOCAL ROLE iduo_owner;

-- Damm's check: 0 when the last digit is the check digit of those before it; else what their check digit is.
CREATE OR REPLACE FUNCTION iduo.damm(p_digits text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = '' AS $$
DECLARE
    v_digit integer := 0;
BEGIN
    FOR i IN 1 .. length(p_digits) LOOP
        v_digit := substr('0317598642709215486342068713591750983426612304597836742095815869720134894536201794386172052581436790',
                          10 * v_digit + substr(p_digits, i, 1)::integer + 1, 1)::integer;
    END LOOP;
    RETURN v_digit;
END $$;

CREATE OR REPLACE FUNCTION iduo.check_digit(p_number bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE WHEN iduo.setting('ticket_check_digit')::boolean THEN iduo.damm(p_number::text)::text ELSE '' END
$$;

-- The number as it is said: in groups of three, with its check digit if there is one.
CREATE OR REPLACE FUNCTION iduo.spoken_number(p_number bigint, p_check text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT reverse(btrim(regexp_replace(reverse(p_number::text), '(\d{3})', '\1 ', 'g'))) || CASE WHEN p_check <> '' THEN '-' || p_check ELSE '' END
$$;

CREATE OR REPLACE FUNCTION iduo.person_name(p_surname text, p_names text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT concat_ws(', ', nullif(upper(p_surname), ''), nullif(p_names, '')) $$;

CREATE OR REPLACE FUNCTION iduo.state_label(p_state text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE p_state WHEN 'open' THEN 'abierto' WHEN 'awaiting_answer' THEN 'pendiente de respuesta'
                        WHEN 'awaiting_communication' THEN 'pendiente de comunicación' WHEN 'communicated' THEN 'comunicado' END
$$;
GRANT EXECUTE ON FUNCTION iduo.damm, iduo.spoken_number, iduo.person_name TO iduo_search;
RESET ROLE;
