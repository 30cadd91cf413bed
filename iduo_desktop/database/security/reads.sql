-- How many rows each person was given in this hour. A row of a table would go with a ROLLBACK, and would make of every read a write:
-- so it is the value of an unlogged sequence, one a person, which setval changes for good, without a transaction's number and without a disk.
-- The value holds the hour, how often he was refused in it, and the rows: hour × 10¹² + refused × 10⁹ + rows.
SET LOCAL ROLE iduo_owner;

CREATE OR REPLACE FUNCTION iduo.counter_of(p_login text) RETURNS regclass
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT to_regclass(format('iduo.%I', 'rows_read_' || p_login)) $$;

CREATE OR REPLACE FUNCTION iduo.make_counter(p_login text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF iduo.counter_of(p_login) IS NULL THEN
        EXECUTE format('CREATE UNLOGGED SEQUENCE iduo.%I', 'rows_read_' || p_login);
    END IF;
END $$;

-- Whoever comes in has one, whichever way he comes.
CREATE OR REPLACE FUNCTION iduo.count_newcomer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NOT NEW.service THEN
        PERFORM iduo.make_counter(NEW.login);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS counter ON iduo.staff;
CREATE TRIGGER counter AFTER INSERT ON iduo.staff FOR EACH ROW EXECUTE FUNCTION iduo.count_newcomer();

CREATE OR REPLACE FUNCTION iduo.this_hour() RETURNS bigint
LANGUAGE sql VOLATILE SET search_path = '' AS $$ SELECT floor(extract(epoch FROM clock_timestamp()) / 3600)::bigint $$;

-- Adds what a function is about to answer, one session of a person after the other; where that would be too much, why not.
-- A service is nobody who reads. Who gets nothing waits as well, and is refused
-- as well where nothing can be counted: otherwise that would tell whether there is somebody, without counting him.
CREATE OR REPLACE FUNCTION iduo.too_many_rows(p_rows bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_counter regclass;
    v_hour bigint;
    v_value bigint;
    v_allowed bigint;
BEGIN
    IF session_user IN ('iduo_guard', 'iduo_gateway', 'iduo_job', 'iduo_chat') THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('rows read by ' || session_user, 0));
    IF current_setting('transaction_read_only') = 'on' THEN
        RAISE EXCEPTION 'Acá no se puede contar lo que se lee, así que no se muestra.' USING ERRCODE = '25006';
    ELSIF coalesce(p_rows, 0) <= 0 THEN
        RETURN NULL;
    END IF;
    v_counter := iduo.counter_of(session_user);
    IF v_counter IS NULL THEN
        RETURN 'No se puede contar lo que leés, así que no se puede mostrar. Pedile a Informática que ponga al día la base (iduo-admin database upgrade).';
    END IF;
    v_hour := iduo.this_hour();
    v_value := pg_sequence_last_value(v_counter);
    -- an hour ahead: the server's clock was put back a little
    IF v_value IS NULL OR v_value / 1000000000000 NOT BETWEEN v_hour AND v_hour + 1 THEN
        v_value := v_hour * 1000000000000;
    END IF;
    v_allowed := iduo.setting('rows_per_hour');
    IF v_value % 1000000000 + p_rows > v_allowed AND (iduo.may('coordinator') OR iduo.may('admin')) THEN
        v_allowed := v_allowed * 2;
    END IF;
    IF v_value % 1000000000 + p_rows <= v_allowed THEN
        PERFORM setval(v_counter, v_value + p_rows);
        RETURN NULL;
    ELSIF v_value / 1000000000 % 1000 < 999 THEN
        PERFORM setval(v_counter, v_value + 1000000000);
    END IF;
    RETURN format('En esta hora ya leíste %s filas de listas y búsquedas, y con esto pasarías el máximo, que es de %s. '
        'Vas a poder seguir a las %s. Si te hace falta antes, hablá con tu coordinador.', iduo.grouped(v_value % 1000000000), iduo.grouped(v_allowed),
        to_char(to_timestamp((v_hour + 1) * 3600) AT TIME ZONE 'America/Argentina/Buenos_Aires', 'HH24:MI'));
END $$;

-- Counts them or refuses: then nothing of it is given.
CREATE OR REPLACE FUNCTION iduo.count_rows_read(p_rows bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_why_not text := iduo.too_many_rows(p_rows);
BEGIN
    IF v_why_not IS NOT NULL THEN
        RAISE EXCEPTION '%', v_why_not USING ERRCODE = 'IU001';
    END IF;
END $$;

-- A command that answers otherwise when one guessed what is kept on somebody counts as one row, also if it is taken back. It is never refused, and
-- waits for nobody: nextval adds one by itself.
CREATE OR REPLACE FUNCTION iduo.count_command() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_counter regclass := iduo.counter_of(session_user);
BEGIN
    IF pg_sequence_last_value(v_counter) / 1000000000000 = iduo.this_hour() THEN
        PERFORM nextval(v_counter);
    ELSE
        PERFORM iduo.too_many_rows(1);
    END IF;
END $$;

-- Rows of a file that one brought in or is about to write: whose it is stays on record as a receipt does, so that they are not counted again;
-- but if it is of this transaction, which may yet be taken back, or of another day, they are.
CREATE OR REPLACE FUNCTION iduo.count_batch_rows(p_batch bigint, p_rows bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF pg_current_xact_id_if_assigned() IS NOT NULL OR NOT EXISTS (SELECT FROM iduo.batch b WHERE b.id = p_batch AND b.by = session_user
                                                                   AND b.at > clock_timestamp() - interval '1 day') THEN
        PERFORM iduo.count_rows_read(p_rows);
    END IF;
END $$;
-- What is one's own to see is not counted, as it is asked for at every change; unless it may have become so in this very transaction, which may
-- yet be taken back: whoever takes a case, looks, and undoes it would read all of them one by one, without a trace.
CREATE OR REPLACE FUNCTION iduo.count_unsettled_rows(p_rows bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        PERFORM iduo.count_rows_read(p_rows);
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION iduo.count_rows_read, iduo.too_many_rows TO iduo_search;

-- 12.345, as people here write it.
CREATE OR REPLACE FUNCTION iduo.grouped(p_number bigint) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT replace(to_char(p_number, 'FM999,999,999,999'), ',', '.') $$;
-- Who was refused in this hour, or is about to be.
CREATE OR REPLACE FUNCTION iduo.great_readers() RETURNS TABLE (login text, hour timestamptz, rows integer, allowed integer, refused integer)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_hour bigint := iduo.this_hour();
    v_allowed bigint := iduo.setting('rows_per_hour')::bigint;
BEGIN
    RETURN QUERY WITH counted AS MATERIALIZED (
        SELECT s.login, pg_sequence_last_value(iduo.counter_of(s.login)) AS value FROM iduo.staff s WHERE NOT s.service
    ), great AS MATERIALIZED (
        SELECT c.login, (c.value % 1000000000)::integer AS rows, (c.value / 1000000000 % 1000)::integer AS refused FROM counted c
        WHERE c.value / 1000000000000 = v_hour AND (c.value % 1000000000 >= v_allowed * 9 / 10 OR c.value / 1000000000 % 1000 > 0)
    ) SELECT g.login, to_timestamp(v_hour * 3600), g.rows, x.allowed::integer, g.refused
        FROM great g JOIN pg_catalog.pg_roles m ON m.rolname = g.login,
        LATERAL (SELECT CASE WHEN pg_has_role(m.oid, 'iduo_coordinator', 'USAGE') OR pg_has_role(m.oid, 'iduo_admin', 'USAGE')
                             THEN v_allowed * 2 ELSE v_allowed END AS allowed) x
        WHERE g.refused > 0 OR g.rows >= x.allowed * 9 / 10;
END $$;
RESET ROLE;

-- Those who were here before, or came with a copy.
DO $$
DECLARE
    v_logins text[] := ARRAY(SELECT s.login FROM iduo.staff s WHERE NOT s.service);
BEGIN
    SET LOCAL ROLE iduo_owner;
    PERFORM iduo.make_counter(l) FROM unnest(v_logins) l;
END $$;
RESET ROLE;
