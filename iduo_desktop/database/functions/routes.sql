-- Routes: asked for by an operator, acknowledged by exactly one; whatever is late is computed when it is read.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.routes()
RETURNS TABLE (id integer, label text, active boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT r.id, r.label, r.active FROM iduo.route r WHERE r.active OR iduo.may('admin') ORDER BY NOT r.active, r.position, r.id;
END $$;

CREATE FUNCTION api.save_route(p_route integer, p_label text, p_active boolean)
RETURNS TABLE (id integer, label text, active boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    p_label := iduo.need('label', p_label, 'Escribí cómo se llama la ruta.', 80);
    IF EXISTS (SELECT FROM iduo.route r WHERE iduo.fold(r.label) = iduo.fold(p_label) AND r.id IS DISTINCT FROM p_route) THEN
        PERFORM iduo.refuse_field('label', 'Esa ruta ya está.');
    ELSIF p_route IS NULL THEN
        RETURN QUERY INSERT INTO iduo.route (label, position, active)
            VALUES (p_label, (SELECT coalesce(max(r.position), 0) + 1 FROM iduo.route r), coalesce(p_active, true)) RETURNING id, label, active;
    ELSE
        RETURN QUERY UPDATE iduo.route r SET label = p_label, active = coalesce(p_active, r.active) WHERE r.id = p_route RETURNING r.id, r.label, r.active;
        IF NOT FOUND THEN
            PERFORM iduo.refuse('Esa ruta no existe.');
        END IF;
    END IF;
END $$;

-- Routes that concern whoever asks: a coordinator all, an administrator the late ones, an operator his own.
CREATE OR REPLACE FUNCTION iduo.route_keys(p_open_only boolean, p_limit integer) RETURNS TABLE (id bigint, at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_me text := session_user;  -- as text: compared with a name no index would serve
    v_coordinator boolean := iduo.may('coordinator');
    v_late timestamptz := clock_timestamp() - make_interval(mins => iduo.setting('route_minutes')::integer);
    v_to timestamptz := CASE WHEN v_coordinator THEN 'infinity' WHEN iduo.may('admin') THEN v_late ELSE '-infinity' END;
BEGIN
    RETURN QUERY
        (SELECT a.id, a.activated_at FROM iduo.route_activation a WHERE a.acknowledged_at IS NULL AND a.activated_at < v_to
         ORDER BY a.activated_at, a.id LIMIT p_limit)
        UNION
        (SELECT a.id, a.activated_at FROM iduo.route_activation a WHERE NOT p_open_only AND v_coordinator ORDER BY a.id DESC LIMIT p_limit)
        UNION
        (SELECT o.id, o.activated_at FROM (SELECT * FROM iduo.route_activation a WHERE a.activated_by = v_me ORDER BY a.id DESC LIMIT p_limit) o
         WHERE NOT p_open_only OR o.acknowledged_at IS NULL);
END $$;

CREATE OR REPLACE FUNCTION iduo.show_activations(p_ids bigint[])
RETURNS TABLE (id bigint, route text, case_id bigint, contact_id bigint, person text, note text, activated_at timestamptz, activated_by text,
               activated_by_name text, acknowledged_at timestamptz, acknowledged_by_name text, late boolean, may_acknowledge boolean)
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    v_time interval := make_interval(mins => iduo.setting('route_minutes')::integer);
    v_coordinator boolean := iduo.may('coordinator');
    v_admin boolean := iduo.may('admin');
BEGIN
    RETURN QUERY
        SELECT a.id, r.label, a.case_id, n.id, coalesce(n.person, o.client, ''), a.note, a.activated_at, a.activated_by, iduo.name_of(a.activated_by),
               a.acknowledged_at, coalesce(iduo.name_of(a.acknowledged_by), ''), x.late,
               a.acknowledged_at IS NULL AND (v_coordinator OR v_admin AND x.late)
        FROM iduo.route_activation a JOIN iduo.route r ON r.id = a.route_id JOIN iduo.case c ON c.id = a.case_id
        LEFT JOIN iduo.contact n ON n.id = CASE WHEN a.contact_id IS NULL THEN c.contact_id ELSE a.contact_id END LEFT JOIN iduo.company o ON o.id = c.company_id,
        LATERAL (SELECT coalesce(a.acknowledged_at, clock_timestamp()) - a.activated_at > v_time AS late) x
        WHERE a.id = ANY (p_ids)
        ORDER BY a.acknowledged_at IS NOT NULL, CASE WHEN a.acknowledged_at IS NULL THEN a.activated_at END, a.activated_at DESC, a.id;
END $$;

CREATE FUNCTION api.activations(p_open_only boolean DEFAULT true)
RETURNS TABLE (id bigint, route text, case_id bigint, contact_id bigint, person text, note text, activated_at timestamptz, activated_by text,
               activated_by_name text, acknowledged_at timestamptz, acknowledged_by_name text, late boolean, may_acknowledge boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_ids bigint[];
    v_quiet boolean;  -- those who are in a pause are asked when it is late, or when nobody else is there
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    v_ids := ARRAY(SELECT k.id FROM iduo.route_keys(coalesce(p_open_only, true), 200) k);
    v_quiet := coalesce(p_open_only, true) AND iduo.quiet_for_routes();
    RETURN QUERY SELECT s.* FROM iduo.show_activations(v_ids) s WHERE NOT v_quiet OR s.late OR s.activated_by = session_user;
    PERFORM iduo.count_unsettled_rows(cardinality(v_ids));
END $$;

-- One conditional UPDATE: exactly one acknowledges; whoever comes second reads who did, and when.
CREATE FUNCTION api.acknowledge_route(p_activation bigint, p_note text, p_key uuid)
RETURNS TABLE (id bigint, route text, case_id bigint, contact_id bigint, person text, note text, activated_at timestamptz, activated_by text,
               activated_by_name text, acknowledged_at timestamptz, acknowledged_by_name text, late boolean, may_acknowledge boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_activation iduo.route_activation;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    ELSIF length(p_note) > 2000 THEN
        PERFORM iduo.refuse_field('note', 'La nota es demasiado larga: como mucho 2000 caracteres.');
    END IF;
    SELECT * INTO v_activation FROM iduo.route_activation a WHERE a.id = p_activation;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa ruta ya no está: quien la activó la deshizo.');
    ELSIF v_activation.acknowledged_at IS NULL AND NOT iduo.may('coordinator') AND NOT iduo.late_route(v_activation.activated_at) THEN
        RAISE EXCEPTION 'Todavía les toca a los coordinadores: la vas a poder recibir si nadie lo hace a tiempo.' USING ERRCODE = '42501';
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    UPDATE iduo.route_activation a SET acknowledged_at = clock_timestamp(), acknowledged_by = session_user, remark = btrim(coalesce(p_note, ''))
    WHERE a.id = p_activation AND a.acknowledged_at IS NULL;
    IF NOT FOUND THEN
        SELECT * INTO v_activation FROM iduo.route_activation a WHERE a.id = p_activation;
        IF v_activation.acknowledged_by IS DISTINCT FROM session_user THEN  -- asking again is harmless
            PERFORM iduo.refuse(format('Ya la recibió %s, %s.', iduo.name_of(v_activation.acknowledged_by),
                'a ' || iduo.spoken(v_activation.acknowledged_at)));
        END IF;
    END IF;
    RETURN QUERY SELECT s.* FROM iduo.show_activations(ARRAY[p_activation]) s;
END $$;

GRANT EXECUTE ON FUNCTION api.routes, api.activations TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.save_route TO iduo_admin;
GRANT EXECUTE ON FUNCTION api.acknowledge_route TO iduo_coordinator, iduo_admin;
RESET ROLE;
