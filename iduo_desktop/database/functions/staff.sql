-- Who I am and where else I am logged in; the people whom an administrator adds, disables and resets.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.session_start(p_version text)
RETURNS TABLE (login text, full_name text, roles text[], area_code text, must_change_password boolean, server_time timestamptz,
               schema_version text, minimum_client text, test_database boolean, lock_after_minutes integer, parts text[], organisation text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_minimum text;
BEGIN
    PERFORM iduo.require('newcomer');
    v_minimum := iduo.setting('minimum_client');
    IF p_version IS NULL OR p_version !~ '^\d{1,4}\.\d{1,4}\.\d{1,4}$'
        OR string_to_array(p_version, '.')::integer[] < string_to_array(v_minimum, '.')::integer[] THEN
        PERFORM iduo.refuse(format('Esta versión del programa (%s) es más vieja que la que pide el servidor (%s). Pedile a Informática que la actualice.',
                                   left(p_version, 20), v_minimum));
    END IF;
    PERFORM iduo.begin_day();
    RETURN QUERY SELECT s.login, s.full_name, iduo.roles_of(s.login), coalesce(nullif(s.area_code, ''), iduo.setting('area_code')),
            s.must_change_password, clock_timestamp(), (SELECT max(v.version_num) FROM iduo.alembic_version v)::text, v_minimum,
            iduo.setting('test_database')::boolean, iduo.setting('lock_after_minutes')::integer,
            ARRAY(SELECT p FROM unnest(ARRAY['cases', 'tickets', 'helpline']) WITH ORDINALITY AS x(p, n)
                  WHERE iduo.setting('part_' || p)::boolean ORDER BY n),
            coalesce(iduo.setting('organisation'), 'iduo')
        FROM iduo.staff s WHERE s.login = session_user;
END $$;

-- Which versions of the program may enter, and which one everybody should have. Apart from session_start, so that a program finds out
-- that it is newer than the database before it asks for anything that is not there yet.
CREATE FUNCTION api.program_versions() RETURNS TABLE (minimum text, recommended text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('newcomer');
    RETURN QUERY SELECT iduo.setting('minimum_client'), iduo.setting('recommended_client');
END $$;

CREATE OR REPLACE FUNCTION iduo.roles_of(p_login text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(array_agg(r ORDER BY n), '{}') FROM unnest(ARRAY['operator', 'coordinator', 'admin', 'answerer']) WITH ORDINALITY AS x(r, n)
    JOIN pg_catalog.pg_roles m ON m.rolname = p_login WHERE pg_has_role(m.oid, ('iduo_' || r)::name, 'USAGE')
$$;

CREATE FUNCTION api.people()
RETURNS TABLE (login text, full_name text, roles text[], active boolean, open_cases integer, area_code text, team_id integer, team text,
               must_change_password boolean, disabled_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin', 'coordinator');
    RETURN QUERY SELECT s.login, s.full_name, iduo.roles_of(s.login), s.active,
            (SELECT count(*)::integer FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = s.login),
            s.area_code, s.team_id, (SELECT t.name FROM iduo.team t WHERE t.id = s.team_id), s.must_change_password, s.disabled_at
        FROM iduo.staff s WHERE NOT s.service ORDER BY NOT s.active, s.full_name, s.login;
END $$;
GRANT EXECUTE ON FUNCTION api.session_start, api.program_versions TO iduo_user;
GRANT EXECUTE ON FUNCTION api.people TO iduo_admin, iduo_coordinator;
GRANT EXECUTE ON FUNCTION iduo.require, iduo.need_usual_settings, iduo.refuse, iduo.refuse_field, iduo.need, iduo.blank(text), iduo.roles_of TO iduo_useradmin;
GRANT SELECT, INSERT, UPDATE ON iduo.staff TO iduo_useradmin;

RESET ROLE;
SET LOCAL ROLE iduo_useradmin;

CREATE FUNCTION api.sessions()
RETURNS TABLE (pid integer, program text, address text, since timestamptz, idle_seconds integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('newcomer');
    RETURN QUERY SELECT a.pid, a.application_name, host(a.client_addr), a.backend_start,
            greatest(0, extract(epoch FROM clock_timestamp() - a.state_change))::integer
        FROM pg_catalog.pg_stat_activity a WHERE a.usename = session_user AND a.pid <> pg_backend_pid() ORDER BY a.backend_start;
END $$;

CREATE FUNCTION api.end_session(p_pid integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('newcomer');
    PERFORM pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a WHERE a.pid = p_pid AND a.usename = session_user;
END $$;

CREATE OR REPLACE FUNCTION iduo.check_verifier(p_verifier text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$
BEGIN
    IF p_verifier IS NULL OR p_verifier !~ '^SCRAM-SHA-256\$\d{1,7}:[A-Za-z0-9+/=]{16,64}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$' THEN
        RAISE EXCEPTION 'La contraseña tiene que llegar cifrada.' USING ERRCODE = 'IU001';
    END IF;
END $$;

-- Makes the database role and the person. Only api.add_person and a superuser (for the first administrator) come here. Whoever makes roles
-- can become a member of them by a setting of his own.
CREATE OR REPLACE FUNCTION iduo.create_person(p_login text, p_full_name text, p_roles text[], p_verifier text, p_must_change boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET createrole_self_grant = '' AS $$
DECLARE
    v_role text;
BEGIN
    p_full_name := iduo.need('full_name', p_full_name, 'Escribí el nombre completo.', 120);
    PERFORM iduo.check_verifier(p_verifier);
    IF p_login IS NULL OR p_login !~ '^[a-z][a-z0-9_.-]{1,39}$' OR p_login ~ '^(pg_|iduo_)' OR p_login = 'postgres' THEN
        PERFORM iduo.refuse_field('login', 'El usuario lleva de 2 a 40 letras minúsculas, números, punto o guion, y empieza con una letra.');
    ELSIF coalesce(cardinality(p_roles), 0) = 0 OR EXISTS (SELECT FROM unnest(p_roles) r WHERE r IS NULL OR r NOT IN ('operator', 'coordinator', 'admin', 'answerer')) THEN
        PERFORM iduo.refuse_field('roles', 'Elegí al menos un rol.');
    ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = p_login) THEN
        PERFORM iduo.refuse_field('login', 'Ese usuario ya existe.');
    END IF;
    EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 4 PASSWORD %L', p_login, p_verifier);
    FOREACH v_role IN ARRAY p_roles LOOP
        EXECUTE format('GRANT %I TO %I WITH INHERIT TRUE, SET FALSE', 'iduo_' || v_role, p_login);
    END LOOP;
    INSERT INTO iduo.staff (login, full_name, must_change_password) VALUES (p_login, p_full_name, p_must_change);
    PERFORM audit.note('staff', p_login, NULL, jsonb_build_object('roles', p_roles));
END $$;

CREATE FUNCTION api.add_person(p_login text, p_full_name text, p_roles text[], p_verifier text, p_must_change boolean DEFAULT true,
                               p_area_code text DEFAULT '', p_team integer DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    PERFORM iduo.create_person(p_login, p_full_name, p_roles, p_verifier, p_must_change);
    PERFORM api.save_person(p_login, p_full_name, p_roles, p_area_code, p_team);
END $$;

CREATE OR REPLACE FUNCTION iduo.need_person(p_login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM FROM iduo.staff s WHERE s.login = p_login AND NOT s.service FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse_field('login', 'Ese usuario no existe.');
    END IF;
END $$;

CREATE FUNCTION api.disable_person(p_login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    IF p_login = session_user THEN
        PERFORM iduo.refuse('No podés desactivarte a vos.');
    END IF;
    -- a transaction that he leaves open holds his row and his cases; what comes back before this commits is ended afterwards
    PERFORM pg_terminate_backend(a.pid, 2000) FROM pg_catalog.pg_stat_activity a JOIN iduo.staff s ON s.login = a.usename AND NOT s.service WHERE s.login = p_login;
    PERFORM iduo.need_person(p_login);
    UPDATE iduo.staff s SET active = false, disabled_at = clock_timestamp() WHERE s.login = p_login;
    EXECUTE format('ALTER ROLE %I NOLOGIN', p_login);
END $$;

-- Called after disable_person has committed: in one transaction a session could come back in between.
-- Also after reset_person: what somebody had open with the password of before.
CREATE FUNCTION api.end_disabled_sessions(p_login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    PERFORM pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a JOIN iduo.staff s ON s.login = a.usename
        WHERE s.login = p_login AND (NOT s.active OR s.must_change_password) AND a.pid <> pg_backend_pid();
END $$;

CREATE FUNCTION api.reset_person(p_login text, p_verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    PERFORM iduo.check_verifier(p_verifier);
    -- whoever is in with the password of before could give himself another one; what he had set for all his sessions would outlive this one
    PERFORM pg_terminate_backend(a.pid, 2000) FROM pg_catalog.pg_stat_activity a JOIN iduo.staff s ON s.login = a.usename AND NOT s.service
        WHERE s.login = p_login AND a.pid <> pg_backend_pid();
    PERFORM iduo.need_person(p_login);
    UPDATE iduo.staff s SET must_change_password = true WHERE s.login = p_login;
    EXECUTE format('ALTER ROLE %I RESET ALL', p_login);
    EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET ALL', p_login, current_database());
    EXECUTE format('ALTER ROLE %I PASSWORD %L', p_login, p_verifier);
    PERFORM audit.note('staff', p_login, NULL, '{"must_change_password": true}');
END $$;

CREATE FUNCTION api.change_password(p_verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('newcomer');
    PERFORM iduo.check_verifier(p_verifier);
    UPDATE iduo.staff s SET must_change_password = false WHERE s.login = session_user;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', session_user, p_verifier);
    PERFORM audit.note('staff', session_user, NULL, '{"must_change_password": false}');
END $$;

GRANT EXECUTE ON FUNCTION api.sessions, api.end_session, api.change_password TO iduo_user;
GRANT EXECUTE ON FUNCTION api.add_person, api.disable_person, api.end_disabled_sessions, api.reset_person TO iduo_admin;
RESET ROLE;
GRANT USAGE ON SCHEMA iduo TO iduo_useradmin;
