-- Roles and teams of people, whose work goes to whom, and who is in now.
SET LOCAL ROLE iduo_owner;

-- Hands every open case of one person to another; for an absent operator, and before somebody is disabled.
CREATE FUNCTION api.hand_over(p_login text, p_to text, p_reason text)
RETURNS TABLE (cases integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin', 'coordinator');
    p_reason := iduo.need('reason', p_reason, 'Escribí por qué pasan a otra persona.', 300);
    IF p_to IS NOT NULL AND (p_to = p_login OR NOT EXISTS (SELECT FROM iduo.staff s WHERE s.login = p_to AND s.active)
                             OR NOT iduo.roles_of(p_to) && ARRAY['operator', 'coordinator']) THEN
        PERFORM iduo.refuse_field('to', 'Elegí a otra persona activa que trabaje casos.');
    END IF;
    cases := cardinality(iduo.give_cases(ARRAY(SELECT c.id FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = p_login
                                               ORDER BY c.id FOR NO KEY UPDATE), p_to, p_reason));
    IF cases > 0 THEN
        PERFORM audit.note('staff', p_login, jsonb_build_object('open_cases', cases), jsonb_build_object('open_cases', 0, 'assigned_to', p_to));
    END IF;
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION api.hand_over TO iduo_admin, iduo_coordinator;
GRANT SELECT ON iduo.team TO iduo_useradmin;
RESET ROLE;
SET LOCAL ROLE iduo_useradmin;

CREATE FUNCTION api.save_person(p_login text, p_full_name text, p_roles text[], p_area_code text, p_team integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_role text;
    v_before text[];
BEGIN
    PERFORM iduo.require('admin');
    PERFORM iduo.need_person(p_login);
    v_before := iduo.roles_of(p_login);
    IF coalesce(cardinality(p_roles), 0) = 0 OR EXISTS (SELECT FROM unnest(p_roles) r WHERE r IS NULL OR r NOT IN ('operator', 'coordinator', 'admin', 'answerer')) THEN
        PERFORM iduo.refuse_field('roles', 'Elegí al menos un rol.');
    ELSIF p_login = session_user AND NOT 'admin' = ANY (p_roles) THEN
        PERFORM iduo.refuse_field('roles', 'No podés quitarte el rol de administrador: que lo haga otra persona.');
    ELSIF coalesce(p_area_code, '') !~ '^(\d{2,4})?$' THEN
        PERFORM iduo.refuse_field('area_code', 'El código de área lleva de 2 a 4 números, sin el 0.');
    ELSIF p_team IS NOT NULL AND NOT EXISTS (SELECT FROM iduo.team t WHERE t.id = p_team) THEN
        PERFORM iduo.refuse_field('team', 'Ese equipo no existe.');
    END IF;
    UPDATE iduo.staff s SET full_name = iduo.need('full_name', p_full_name, 'Escribí el nombre completo.', 120),
        area_code = coalesce(p_area_code, ''), team_id = p_team WHERE s.login = p_login;
    FOREACH v_role IN ARRAY ARRAY['operator', 'coordinator', 'admin', 'answerer'] LOOP
        IF v_role = ANY (p_roles) THEN
            EXECUTE format('GRANT %I TO %I WITH INHERIT TRUE, SET FALSE', 'iduo_' || v_role, p_login);
        ELSE
            EXECUTE format('REVOKE %I FROM %I', 'iduo_' || v_role, p_login);
        END IF;
    END LOOP;
    PERFORM audit.note('staff', p_login, jsonb_build_object('roles', v_before), jsonb_build_object('roles', iduo.roles_of(p_login)));
END $$;

CREATE FUNCTION api.enable_person(p_login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    PERFORM iduo.need_person(p_login);
    UPDATE iduo.staff s SET active = true, disabled_at = NULL WHERE s.login = p_login;
    EXECUTE format('ALTER ROLE %I LOGIN', p_login);
    PERFORM audit.note('staff', p_login, NULL, '{"active": true}');
END $$;

-- Who has a window open now, from where, since when.
CREATE FUNCTION api.who_is_in()
RETURNS TABLE (login text, full_name text, address text, program text, since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin', 'coordinator');
    RETURN QUERY SELECT DISTINCT ON (s.full_name, s.login) s.login, s.full_name, host(a.client_addr), a.application_name, a.backend_start
        FROM pg_catalog.pg_stat_activity a JOIN iduo.staff s ON s.login = a.usename AND NOT s.service AND a.datname = current_database()
        ORDER BY s.full_name, s.login, a.backend_start;
END $$;
GRANT EXECUTE ON FUNCTION api.save_person, api.enable_person TO iduo_admin;
GRANT EXECUTE ON FUNCTION api.who_is_in TO iduo_admin, iduo_coordinator;
RESET ROLE;
